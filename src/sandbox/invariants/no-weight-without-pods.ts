import { replicasOf } from '../../api/defaults.ts'
import type { Rollout } from '../../api/rollout.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { hashLabel } from '../traffic/split.ts'
import { percent, podsNeededFor, replicaSetWith } from './capacity.ts'
import { routingKinds } from './destination-shares.ts'
import type { Invariant, JudgedWrite } from './invariant.ts'

/** Whether the status says so already, or a failed analysis of the new revision makes it say so at the end of the pass. */
const isAborted = ({ cluster }: JudgedWrite, rollout: DeepReadonly<Rollout>): boolean =>
  rollout.status?.abort === true ||
  cluster
    .list('AnalysisRun', rollout.metadata.namespace)
    .some(
      ({ metadata, status }) =>
        metadata.labels?.[hashLabel] === rollout.status?.currentPodHash &&
        (status?.phase === 'Failed' || status?.phase === 'Error'),
    )

const isReturnToStable = (write: JudgedWrite, rollout: DeepReadonly<Rollout>, hash: string): boolean =>
  rollout.status?.stableRS === hash && isAborted(write, rollout)

const faultsOf = (write: JudgedWrite, rollout: DeepReadonly<Rollout>): readonly string[] => {
  const before = write.sharesBefore(rollout)
  return [...write.sharesAfter(rollout)].flatMap(([hash, share]) => {
    if (share <= (before.get(hash) ?? 0) + 1e-9 || isReturnToStable(write, rollout, hash)) return []
    const replicaSet = replicaSetWith(write.cluster, rollout, hash)
    const available = replicaSet?.status?.availableReplicas ?? 0
    if (available >= Math.min(podsNeededFor(rollout, share), replicasOf(rollout))) return []
    const from = percent(before.get(hash) ?? 0)
    const { kind, object } = write.change
    const name = (object.metadata as { name: string }).name
    return [
      `${kind} ${name} raises ${rollout.metadata.name}'s ${hash} from ${from} to ${percent(share)} with ${available} available pods of ${replicasOf(rollout)}`,
    ]
  })
}

/** I1. Judged by what the ReplicaSets report, which is what the controller can know. */
export const noWeightWithoutPods: Invariant = {
  id: 'I1',
  promise: 'No write raises a weight above what the available pods of the destination can carry',
  check: (write) => (routingKinds.has(write.change.kind) ? write.rollouts.flatMap((one) => faultsOf(write, one)) : []),
}
