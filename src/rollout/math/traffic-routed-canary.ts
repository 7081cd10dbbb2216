import type { CanaryCounts } from './approximate-weight.ts'
import { canaryOf, followsTraffic, type Release, type ReplicaSetsOfRelease, replicasWanted } from './release.ts'
import { desiredCanarySize, desiredWeight, maxWeight, podsForWeight } from './weight.ts'

/** The shares in force at the router, as far as they are known. */
export interface ActualWeights {
  readonly canary: { readonly weight: number }
  readonly stable: { readonly weight: number }
}

/** minPodsPerReplicaSet, capped at spec.replicas so that it can always be reached. */
const withMinPods = (release: Release, count: number): number => {
  const fewest = Math.min(canaryOf(release).minPodsPerReplicaSet ?? 0, replicasWanted(release))
  return count > 0 ? Math.max(count, fewest) : count
}

/**
 * The numbers of pods when a router splits the traffic: the canary follows setCanaryScale or the weight, stable keeps its
 * full size, so that all traffic can return at any time. With dynamicStableScale stable has what the larger of the
 * desired and the actual share needs, and after an abort the canary keeps what it still gets traffic for.
 */
export const trafficRoutedCounts = (
  release: Release,
  sets: ReplicaSetsOfRelease,
  actual: ActualWeights | undefined,
): CanaryCounts => {
  const size = desiredCanarySize(release, sets)
  const wanted = 'replicas' in size ? size.replicas : withMinPods(release, podsForWeight(release, size.weight))
  if (!followsTraffic(release)) return { canary: wanted, stable: replicasWanted(release) }

  const stable = podsForWeight(release, maxWeight(release) - desiredWeight(release, sets))
  const stableInUse = actual === undefined ? 0 : podsForWeight(release, actual.stable.weight)
  const canaryInUse =
    actual !== undefined && release.status.abort === true ? podsForWeight(release, actual.canary.weight) : 0
  return {
    canary: withMinPods(release, Math.max(wanted, canaryInUse)),
    stable: withMinPods(release, Math.max(stable, stableInUse)),
  }
}
