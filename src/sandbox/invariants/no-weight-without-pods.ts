import { replicasOf } from '../../api/defaults.ts'
import type { Rollout } from '../../api/rollout.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { hashLabel } from '../traffic/split.ts'
import { experimentSetWith, percent, podsNeededFor, replicaSetWith } from './capacity.ts'
import { routingKinds } from './destination-shares.ts'
import type { Invariant, JudgedWrite } from './invariant.ts'

const hasFailed = (phase: string | undefined): boolean => phase === 'Failed' || phase === 'Error'

/** Whether the status says so already, or a failed analysis or experiment makes it say so at the end of the pass. */
const isAborted = ({ cluster }: JudgedWrite, { metadata, status }: DeepReadonly<Rollout>): boolean => {
  const judges = [...cluster.list('AnalysisRun', metadata.namespace), ...cluster.list('Experiment', metadata.namespace)]
  const ofRevision = judges.filter((judge) => judge.metadata.labels?.[hashLabel] === status?.currentPodHash)
  return status?.abort === true || ofRevision.some((judge) => hasFailed(judge.status?.phase))
}

const isReturnToStable = (write: JudgedWrite, rollout: DeepReadonly<Rollout>, hash: string): boolean =>
  rollout.status?.stableRS === hash && isAborted(write, rollout)

/** How many pods are there for a share, and how many must be: of an experiment, all that its template asks for. */
const capacityOf = (
  { cluster }: JudgedWrite,
  rollout: DeepReadonly<Rollout>,
  hash: string,
  share: number,
): { readonly available: number; readonly needed: number } => {
  const ofExperiment = experimentSetWith(cluster, rollout, hash)
  const available = (ofExperiment ?? replicaSetWith(cluster, rollout, hash))?.status?.availableReplicas ?? 0
  if (ofExperiment !== undefined) return { available, needed: Math.max(1, ofExperiment.spec.replicas ?? 1) }
  return { available, needed: Math.min(podsNeededFor(rollout, share), replicasOf(rollout)) }
}

const faultsOf = (write: JudgedWrite, rollout: DeepReadonly<Rollout>): readonly string[] => {
  const before = write.sharesBefore(rollout)
  return [...write.sharesAfter(rollout)].flatMap(([hash, share]) => {
    if (share <= (before.get(hash) ?? 0) + 1e-9 || isReturnToStable(write, rollout, hash)) return []
    const { available, needed } = capacityOf(write, rollout, hash, share)
    if (available >= needed) return []
    const from = percent(before.get(hash) ?? 0)
    const { kind, object } = write.change
    const name = (object.metadata as { name: string }).name
    return [
      `${kind} ${name} raises ${rollout.metadata.name}'s ${hash} from ${from} to ${percent(share)} with ${available} available pods of ${needed} needed, ${replicasOf(rollout)} wanted`,
    ]
  })
}

/** I1. Judged by what the ReplicaSets report, which is what the controller can know. */
export const noWeightWithoutPods: Invariant = {
  id: 'I1',
  promise: 'No write raises a weight above what the available pods of the destination can carry',
  check: (write) => (routingKinds.has(write.change.kind) ? write.rollouts.flatMap((one) => faultsOf(write, one)) : []),
}
