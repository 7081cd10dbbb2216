import type { ReplicaProgressThreshold } from '../../api/canary.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import type { CanaryCounts } from './approximate-weight.ts'
import { basicCanaryCounts } from './basic-canary.ts'
import {
  canaryOf,
  followsTraffic,
  isTrafficRouted,
  type Release,
  type ReplicaCounts,
  type ReplicaSetsOfRelease,
  total,
} from './release.ts'
import { type ActualWeights, trafficRoutedCounts } from './traffic-routed-canary.ts'

/**
 * Whether enough of a ReplicaSet is available to go on: all its pods, or what replicaProgressThreshold says. A negative
 * value counts as none, as in the published controller.
 */
export const reachedThreshold = (
  threshold: DeepReadonly<ReplicaProgressThreshold> | undefined,
  set: ReplicaCounts,
  desired: number,
): boolean => {
  if (threshold === undefined || threshold.value < 0) return set.desired === desired && set.available === desired
  if (threshold.type === 'Percent') return desired === 0 || (set.available / desired) * 100 >= threshold.value
  if (threshold.type === 'Pods') return set.available >= threshold.value
  return set.desired === desired && set.available === desired
}

/** The numbers of pods to set now; those of a replica-based canary approach their goal within surge and availability. */
export const desiredCounts = (
  release: Release,
  sets: ReplicaSetsOfRelease,
  actual: ActualWeights | undefined,
): CanaryCounts =>
  isTrafficRouted(release) ? trafficRoutedCounts(release, sets, actual) : basicCanaryCounts(release, sets)

/**
 * Whether the pods are what the current step asks for, so that the step may end and the weight may follow. Stable counts
 * by the pods that exist, since one of them being unready must not hold the release that may mend it.
 */
export const atDesiredCounts = (
  release: Release,
  sets: ReplicaSetsOfRelease,
  actual: ActualWeights | undefined,
): boolean => {
  if (sets.next === undefined) return false
  const desired = desiredCounts(release, sets, actual)
  if (!reachedThreshold(canaryOf(release).replicaProgressThreshold, sets.next, desired.canary)) return false
  if (!followsTraffic(release) && (sets.stable?.created ?? 0) !== desired.stable) return false
  return isTrafficRouted(release) || total(sets.older, 'available') === 0
}
