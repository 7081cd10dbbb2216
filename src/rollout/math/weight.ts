import type { SetCanaryScale } from '../../api/steps.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import {
  canaryOf,
  currentStep,
  followsTraffic,
  isFullyPromoted,
  isTrafficRouted,
  type Release,
  type ReplicaSetsOfRelease,
  replicasWanted,
  stepIndexOf,
  stepsOf,
} from './release.ts'

/** The size that a canary is meant to have: a number of pods, or a share out of {@link maxWeight}. */
export type CanarySize = { readonly replicas: number } | { readonly weight: number }

/** The weight that means all traffic. */
export const maxWeight = (release: Release): number => canaryOf(release).trafficRouting?.maxTrafficWeight ?? 100

/** The nearest setWeight at or before a step; 0 when there is none. */
export const weightAtStep = (release: Release, index: number): number => {
  const steps = stepsOf(release).slice(0, index + 1)
  return steps.findLast((step) => step.setWeight !== undefined)?.setWeight ?? 0
}

/** The share that the canary should have by the steps alone: 0 after an abort, all past the last step. */
export const currentSetWeight = (release: Release): number => {
  if (release.status.abort === true) return 0
  if (currentStep(release) === undefined) return maxWeight(release)
  return weightAtStep(release, stepIndexOf(release) ?? 0)
}

/**
 * The setCanaryScale that is in force at the current step. It needs a router (pods would move traffic otherwise), a
 * later `matchTrafficWeight` ends it, and so does an abort, unless the canary is to stay after one.
 */
export const setCanaryScaleInForce = (release: Release): DeepReadonly<SetCanaryScale> | undefined => {
  const keptAfterAbort = canaryOf(release).abortScaleDownDelaySeconds === 0
  if (!isTrafficRouted(release) || (release.status.abort === true && !keptAfterAbort)) return undefined
  if (currentStep(release) === undefined) return undefined
  const past = stepsOf(release).slice(0, (stepIndexOf(release) ?? 0) + 1)
  const scale = past.findLast((step) => step.setCanaryScale !== undefined)?.setCanaryScale
  return scale?.matchTrafficWeight === true ? undefined : scale
}

/** Pods that carry a share of the traffic, rounded up. */
export const podsForWeight = (release: Release, weight: number): number =>
  Math.ceil((weight * replicasWanted(release)) / maxWeight(release))

/**
 * The share to which an aborted canary steps down while stable, which dynamicStableScale had shrunk, grows again: the
 * last setWeight that needs fewer pods than are still missing from stable or still running as canary. An explicit
 * abortScaleDownDelaySeconds lets the canary's own pods not count, since they stay anyway.
 */
const weightAfterAbort = (release: Release, sets: ReplicaSetsOfRelease): number => {
  if (sets.stable === undefined) return 0
  const canaryStays = canaryOf(release).abortScaleDownDelaySeconds !== undefined
  const missing = replicasWanted(release) - sets.stable.available
  const outside = Math.max(missing, canaryStays ? 0 : (sets.next?.available ?? 0))
  const weights = stepsOf(release).flatMap((step) => step.setWeight ?? [])
  return weights.findLast((weight) => podsForWeight(release, weight) < outside) ?? 0
}

/** What the canary's size follows now: everything once it is promoted, setCanaryScale, or the weight. */
export const desiredCanarySize = (release: Release, sets: ReplicaSetsOfRelease): CanarySize => {
  const noStable = (release.status.stableRS ?? '') === ''
  if (release.status.promoteFull === true || noStable || isFullyPromoted(release)) return { weight: maxWeight(release) }
  const scale = setCanaryScaleInForce(release)
  if (scale?.replicas !== undefined) return { replicas: scale.replicas }
  if (scale?.weight !== undefined) return { weight: scale.weight }
  const steppingDown = release.status.abort === true && followsTraffic(release)
  return { weight: steppingDown ? weightAfterAbort(release, sets) : currentSetWeight(release) }
}

/** Like {@link desiredCanarySize}, with a fixed number of pods counting as no weight: stable keeps its full size then. */
export const desiredWeight = (release: Release, sets: ReplicaSetsOfRelease): number => {
  const size = desiredCanarySize(release, sets)
  return 'weight' in size ? size.weight : 0
}
