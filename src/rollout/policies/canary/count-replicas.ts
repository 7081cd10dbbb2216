import type { Draft } from '../../draft.ts'
import { followsTraffic, isTrafficRouted, replicasWanted, total } from '../../math/release.ts'
import { selectorText } from '../../selector-text.ts'

/**
 * What an autoscaler is to count, which must not move because a canary runs: pods of all revisions but never more than
 * spec.replicas; with routers the stable pods, or spec.replicas where stable shrinks with its traffic.
 */
const replicasForAutoscaler = (draft: Draft, all: number): number => {
  const { release, stable } = draft
  const replicas = replicasWanted(release)
  if (!isTrafficRouted(release)) return Math.min(all, replicas)
  if (followsTraffic(release)) return replicas
  return stable?.created ?? Math.min(all, replicas)
}

/** Notes what the ReplicaSets report. */
export const countReplicas = (draft: Draft): void => {
  const { status, sets, next, snapshot } = draft
  status.replicas = total(sets, 'created')
  status.updatedReplicas = next?.created ?? 0
  status.readyReplicas = sets.reduce((sum, set) => sum + set.ready, 0)
  status.availableReplicas = total(sets, 'available')
  status.HPAReplicas = replicasForAutoscaler(draft, status.replicas)
  status.selector = selectorText(snapshot.rollout.spec.selector)
  status.currentPodHash = next?.hash ?? status.currentPodHash ?? ''
  if (status.promoteFull === true && status.currentPodHash === status.stableRS) delete status.promoteFull
}
