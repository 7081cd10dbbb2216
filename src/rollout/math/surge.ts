import type { IntOrString } from '../../api/scalars.ts'
import { type Release, replicasWanted } from './release.ts'

/** 25 %, in the spelling of the published defaults: a string without a percent sign is a percentage too. */
const defaultShare = '25'

/** How far the number of pods may leave spec.replicas while a canary moves. */
export interface Fenceposts {
  readonly surge: number
  readonly unavailable: number
}

const scaled = (value: IntOrString, replicas: number, round: (count: number) => number): number | undefined => {
  if (typeof value === 'number') return value
  const percent = value.endsWith('%') ? value.slice(0, -1) : value
  return /^[-+]?[0-9]+$/.test(percent) ? round((Number(percent) * replicas) / 100) + 0 : undefined
}

/**
 * maxSurge and maxUnavailable as numbers of pods: surge is rounded up, unavailable down, and where both come to 0 one pod
 * may be missing, since nothing could move otherwise. `undefined` when either is neither a number nor a percentage.
 */
export const resolveFenceposts = (
  maxSurge: IntOrString | undefined,
  maxUnavailable: IntOrString | undefined,
  replicas: number,
): Fenceposts | undefined => {
  const surge = scaled(maxSurge ?? defaultShare, replicas, Math.ceil)
  const unavailable = scaled(maxUnavailable ?? defaultShare, replicas, Math.floor)
  if (surge === undefined || unavailable === undefined) return undefined
  return surge === 0 && unavailable === 0 ? { surge, unavailable: 1 } : { surge, unavailable }
}

const fencepostsOf = (release: Release): Fenceposts => {
  const { blueGreen, canary } = release.spec.strategy ?? {}
  const { maxUnavailable } = blueGreen ?? canary ?? {}
  // An unusable value counts as 0 in the published controller; validation has refused it before.
  return resolveFenceposts(canary?.maxSurge, maxUnavailable, replicasWanted(release)) ?? { surge: 0, unavailable: 0 }
}

/** Pods that a canary may run beyond spec.replicas. */
export const maxSurge = (release: Release): number => fencepostsOf(release).surge

/** Pods that may be missing from spec.replicas, never more than there are. */
export const maxUnavailable = (release: Release): number =>
  Math.min(fencepostsOf(release).unavailable, replicasWanted(release))
