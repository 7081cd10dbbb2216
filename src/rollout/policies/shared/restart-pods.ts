import { minReadySecondsOf } from '../../../api/defaults.ts'
import type { Draft } from '../../draft.ts'
import { replicasWanted } from '../../math/release.ts'
import { maxUnavailable } from '../../math/surge.ts'
import type { ObservedPod } from '../../observed-pod.ts'
import { restartWanted } from '../../restart-request.ts'
import type { WorkingReplicaSet } from '../../working-replica-set.ts'
import type { Policy } from '../policy.ts'

/** How long a restart waits for pods, or for a disruption budget, before it looks again (as the published controller). */
const checkIntervalMs = 30_000

/** A budget counts a pod that has become ready a moment later than its ReplicaSet does: a refusal may be over at once. */
const countingMs = 10_000
const soonMs = 2000

const checkAfterMs = (pods: Draft['snapshot']['pods'], now: number): number => {
  const isCounted = (pods ?? []).every(({ readySince }) => readySince === undefined || readySince <= now - countingMs)
  return isCounted ? checkIntervalMs : soonMs
}

interface SetWithPods {
  readonly set: WorkingReplicaSet
  /** Its pods that are neither being deleted nor finished. */
  readonly pods: readonly ObservedPod[]
}

/** The stable ReplicaSet first, then the new one, then the others from the oldest on. */
const setsInOrder = ({ stable, next, others }: Draft): readonly WorkingReplicaSet[] =>
  [...new Set([stable, next, ...others])].filter((set) => set !== undefined)

const availableOf = ({ rollout, now }: Draft['snapshot'], { pods, set }: SetWithPods): number => {
  const since = now - minReadySecondsOf(rollout) * 1000
  const available = pods.filter(({ readySince }) => readySince !== undefined && readySince <= since)
  return Math.min(set.desired, available.length)
}

/**
 * How many available pods may go now: maxUnavailable, or one at least, less what is missing already. In the middle of a
 * release there are more pods than spec.replicas, and each carries its share of the traffic: none of them is to spare.
 */
const budgetOf = ({ snapshot, release }: Draft, all: readonly SetWithPods[]): number => {
  const available = all.reduce((sum, one) => sum + availableOf(snapshot, one), 0)
  const desired = all.reduce((sum, { set }) => sum + set.desired, 0)
  return Math.max(0, available - (Math.max(replicasWanted(release), desired) - Math.max(1, maxUnavailable(release))))
}

/** Those that nobody is served by go first, then the oldest. */
const inTurn = (a: ObservedPod, b: ObservedPod): number =>
  Number(a.readySince !== undefined) - Number(b.readySince !== undefined) ||
  a.createdAt - b.createdAt ||
  (a.name < b.name ? -1 : 1)

/**
 * Whether a ReplicaSet and what is known of its pods tell different things. Where it counts more pods than the cache has, a
 * restart that ended now might leave some out; where it counts more that are available, it has yet to notice the last one
 * that went, and the Rollout would be called healthy for a moment.
 */
const isBehind = ({ set, pods }: SetWithPods): boolean =>
  pods.length < set.created || pods.filter(({ readySince }) => readySince !== undefined).length < set.available

/**
 * Has the pods evicted that were created before spec.restartAt, as many at a time as may be unavailable; pods that are not
 * ready serve nobody, and do not count. A disruption budget may refuse any of them: they are asked for again later. The
 * restart is done when no such pod is left. Nothing is evicted in a pass that scales down, since both together could take
 * more pods than either may.
 */
export const restartPods: Policy = (draft) => {
  draft.evictions = undefined
  const { rollout, now, pods } = draft.snapshot
  const restartAt = restartWanted({ spec: rollout.spec, status: draft.status })
  if (restartAt === undefined) return
  draft.wake(restartAt > now ? restartAt : now + checkAfterMs(pods, now))
  if (restartAt > now || pods === undefined) return

  const all = setsInOrder(draft).map((set) => ({
    set,
    pods: pods.filter(({ isLive, replicaSetUid }) => isLive && replicaSetUid === set.original.metadata.uid),
  }))
  const groups = all
    .map(({ pods: own }) => own.filter(({ createdAt }) => createdAt < restartAt).sort(inTurn))
    .filter((own) => own.length > 0)
  if (groups.length === 0) {
    if (!all.some(isBehind) && rollout.spec.restartAt !== undefined) draft.status.restartedAt = rollout.spec.restartAt
    return
  }
  if (draft.sets.some((set) => set.shrinksBy > 0)) return
  draft.evictions = {
    type: 'evictPods',
    key: 'evictions',
    groups: groups.map((own) =>
      own.map(({ name, uid, readySince }) => ({ name, uid, isReady: readySince !== undefined })),
    ),
    atMost: budgetOf(draft, all),
    why: `restart pods from before ${rollout.spec.restartAt}`,
  }
}
