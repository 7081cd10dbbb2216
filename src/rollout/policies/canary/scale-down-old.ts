import { scaleDownDelayRevisionLimitOf } from '../../../api/defaults.ts'
import { serviceRolesOf } from '../../../api/service-roles.ts'
import type { Draft } from '../../draft.ts'
import { canaryOf, isFullyPromoted, isTrafficRouted, replicasWanted } from '../../math/release.ts'
import { maxUnavailable } from '../../math/surge.ts'
import type { WorkingReplicaSet } from '../../working-replica-set.ts'
import { shrink, waitsForDeadline } from '../shared/scale-down-delay.ts'

/** Pods of a ReplicaSet that are available and stay so. */
const lasting = (set: WorkingReplicaSet): number => Math.min(set.desired, set.available)

/** Whether a Service or a router still leads to the pods of a revision, or may until a change of it is read back. */
const mayGetTraffic = (draft: Draft, { hash }: WorkingReplicaSet): boolean => {
  if (!isTrafficRouted(draft.release)) return false
  const recorded = [draft.before.canary?.weights, draft.status.canary?.weights].flatMap((weights) =>
    weights === undefined ? [] : [weights.canary, weights.stable],
  )
  const weighted = recorded.some(({ podTemplateHash, weight }) => podTemplateHash === hash && weight > 0)
  return weighted || !draft.traffic.isConfirmed || draft.services.selects(hash, idleServiceOfPair(draft))
}

/** The Service of a ping-pong pair that still selects the last release's pods, and gets nothing once a new one is stable. */
const idleServiceOfPair = ({ release }: Draft): string | undefined =>
  canaryOf(release).pingPong !== undefined && isFullyPromoted(release) ? serviceRolesOf(release).canary : undefined

/**
 * Scales down ReplicaSets that are neither stable nor new, as far as enough pods stay available. Pods that are not
 * available go first, since they would hold the release. With routers, a ReplicaSet first loses its traffic and then
 * waits for scaleDownDelaySeconds, also when it is the canary of a release that a newer one interrupted.
 */
export const scaleDownOldReplicaSets = (draft: Draft): void => {
  const idle = draft.others.filter((set) => set.desired > 0 && !mayGetTraffic(draft, set))
  for (const set of idle) if (set.available < set.desired) shrink(draft, set, set.available)

  const fewest = replicasWanted(draft.release) - maxUnavailable(draft.release)
  const budget = draft.sets.reduce((sum, set) => sum + lasting(set), 0) - fewest
  const newestFirst = idle.filter((set) => set.desired > 0).sort((a, b) => b.revision - a.revision)
  if (isTrafficRouted(draft.release)) scaleDownAfterDelay(draft, newestFirst, budget)
  else scaleDownWithin(draft, newestFirst, budget)
}

const scaleDownWithin = (draft: Draft, sets: readonly WorkingReplicaSet[], budget: number): void => {
  let left = budget
  for (const set of sets) {
    if (left <= 0) return
    const goes = Math.min(left, set.desired)
    shrink(draft, set, set.desired - goes)
    left -= goes
  }
}

const scaleDownAfterDelay = (draft: Draft, sets: readonly WorkingReplicaSet[], budget: number): void => {
  const limit = scaleDownDelayRevisionLimitOf(draft.snapshot.rollout)
  let left = budget
  let delayed = 0
  for (const set of sets) {
    if (delayed < limit && waitsForDeadline(draft, set)) {
      delayed++
      continue
    }
    if (left <= 0) return
    left -= set.desired
    shrink(draft, set, 0)
  }
}
