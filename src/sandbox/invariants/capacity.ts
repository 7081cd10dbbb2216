import { replicasOf } from '../../api/defaults.ts'
import type { ReplicaSet } from '../../api/kubernetes/workloads.ts'
import type { Rollout } from '../../api/rollout.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { hashLabel } from '../traffic/split.ts'
import type { Cluster } from '../world/cluster.ts'
import { owningRollout } from './invariant.ts'

/** The ReplicaSets of a Rollout. */
export const replicaSetsOf = (cluster: Cluster, rollout: DeepReadonly<Rollout>): readonly DeepReadonly<ReplicaSet>[] =>
  cluster
    .list('ReplicaSet', rollout.metadata.namespace)
    .filter((replicaSet) => owningRollout(replicaSet) === rollout.metadata.name)

/** The ReplicaSet of a Rollout with this pod-template hash. */
export const replicaSetWith = (
  cluster: Cluster,
  rollout: DeepReadonly<Rollout>,
  hash: string,
): DeepReadonly<ReplicaSet> | undefined =>
  replicaSetsOf(cluster, rollout).find(({ metadata }) => metadata.labels?.[hashLabel] === hash)

/** The ReplicaSet of an experiment of a Rollout with this pod-template hash. */
export const experimentSetWith = (
  cluster: Cluster,
  rollout: DeepReadonly<Rollout>,
  hash: string,
): DeepReadonly<ReplicaSet> | undefined =>
  cluster
    .list('Experiment', rollout.metadata.namespace)
    .filter((experiment) => owningRollout(experiment) === rollout.metadata.name)
    .flatMap(({ metadata }) => cluster.controlledBy('ReplicaSet', metadata.uid))
    .find(({ metadata }) => metadata.labels?.[hashLabel] === hash)

/** Whether the user's own specification sets sizes that do not follow from the weights. */
const hasSizesOfItsOwn = ({ spec }: DeepReadonly<Rollout>): boolean => {
  const canary = spec.strategy?.canary
  return (
    canary?.replicaProgressThreshold !== undefined ||
    (canary?.steps ?? []).some(({ setCanaryScale }) => setCanaryScale !== undefined)
  )
}

/** Whether the numbers of pods are what splits the requests: then a Service of one revision is only a way to look at it. */
const isSplitByPods = ({ spec }: DeepReadonly<Rollout>): boolean =>
  spec.strategy?.canary !== undefined && spec.strategy.canary.trafficRouting === undefined

/**
 * How many available pods a part of the requests needs: that part of spec.replicas, rounded down as the published
 * controller does before it moves traffic, and one at least.
 */
export const podsNeededFor = (rollout: DeepReadonly<Rollout>, share: number): number => {
  if (share <= 0) return 0
  if (hasSizesOfItsOwn(rollout) || isSplitByPods(rollout)) return 1
  return Math.max(1, Math.floor(share * replicasOf(rollout) + 1e-9))
}

/** Text for a share in messages; nobody knows how many the requests with certain headers are. */
export const percent = (share: number): string =>
  share > 0 && share < 0.0005 ? 'some' : `${Math.round(share * 1000) / 10} %`
