import type { Announcement } from './plan.ts'

const isAbout =
  (prefix: string) =>
  ({ needs }: Announcement): boolean =>
    needs?.startsWith(prefix) === true

/**
 * Brings the events into the order in which things happen: Services are switched before routers are set, whichever policy
 * was asked first, and people read one after the other.
 */
export const inOrderOfEffects = (
  announcements: readonly Announcement[],
  trafficKey: string,
): readonly Announcement[] => {
  const end = announcements.findLastIndex(isAbout('service/')) + 1
  const before = announcements.slice(0, end)
  return [
    ...before.filter(({ needs }) => needs !== trafficKey),
    ...before.filter(({ needs }) => needs === trafficKey),
    ...announcements.slice(end),
  ]
}
