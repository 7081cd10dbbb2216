import { humanDuration } from '../../../lib/human-duration.ts'

/** How long ago a timestamp was, as kubectl shows it. */
export const ageOf = (time: unknown, now: number): string => {
  const at = typeof time === 'string' ? Date.parse(time) : Number.NaN
  return Number.isNaN(at) ? '<unknown>' : humanDuration(now - at)
}
