import type { Deployment, ReplicaSet } from '../../api/kubernetes/workloads.ts'
import type { IntOrString } from '../../api/scalars.ts'
import type { DeepReadonly } from '../../lib/json.ts'

/** New sizes of the ReplicaSets of a Deployment, and the status to report. */
export interface DeploymentPlan {
  /** ReplicaSets whose `spec.replicas` changes. */
  readonly scale: readonly { readonly replicaSet: DeepReadonly<ReplicaSet>; readonly replicas: number }[]
  readonly status: NonNullable<Deployment['status']>
}

const resolve = (value: IntOrString | undefined, total: number, round: (value: number) => number): number => {
  if (typeof value === 'number') return value
  return round((Number.parseFloat(value ?? '25%') / 100) * total)
}

const sumOf = (
  replicaSets: readonly DeepReadonly<ReplicaSet>[],
  count: (replicaSet: DeepReadonly<ReplicaSet>) => number | undefined,
): number => replicaSets.reduce((sum, replicaSet) => sum + (count(replicaSet) ?? 0), 0)

const sizeOf = (replicaSet: DeepReadonly<ReplicaSet>): number => replicaSet.spec.replicas ?? 1

/** Available pods that are not about to be removed: a status may lag behind the size that was already given. */
const remainingAvailable = (replicaSet: DeepReadonly<ReplicaSet>): number =>
  Math.min(sizeOf(replicaSet), replicaSet.status?.availableReplicas ?? 0)

const statusOf = (
  deployment: DeepReadonly<Deployment>,
  current: DeepReadonly<ReplicaSet>,
  all: readonly DeepReadonly<ReplicaSet>[],
): NonNullable<Deployment['status']> => {
  const available = sumOf(all, (replicaSet) => replicaSet.status?.availableReplicas)
  const enough = available >= (deployment.spec.replicas ?? 1)
  return {
    observedGeneration: deployment.metadata.generation ?? 0,
    replicas: sumOf(all, (replicaSet) => replicaSet.status?.replicas),
    updatedReplicas: current.status?.replicas ?? 0,
    readyReplicas: sumOf(all, (replicaSet) => replicaSet.status?.readyReplicas),
    availableReplicas: available,
    conditions: [
      {
        type: 'Available',
        status: enough ? 'True' : 'False',
        reason: enough ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
      },
    ],
  }
}

/**
 * One pass of the Deployment controller's rolling update: the ReplicaSet of the current template grows within maxSurge,
 * the others shrink within maxUnavailable.
 *
 * @param current the ReplicaSet of the Deployment's template.
 * @param old its other ReplicaSets, oldest first.
 */
export const planDeployment = (
  deployment: DeepReadonly<Deployment>,
  current: DeepReadonly<ReplicaSet>,
  old: readonly DeepReadonly<ReplicaSet>[],
): DeploymentPlan => {
  const wanted = deployment.spec.replicas ?? 1
  const surge = resolve(deployment.spec.strategy?.rollingUpdate?.maxSurge, wanted, Math.ceil)
  const unavailable = resolve(deployment.spec.strategy?.rollingUpdate?.maxUnavailable, wanted, Math.floor)
  const all = [...old, current]
  const room = wanted + surge - sumOf(old, sizeOf)
  const currentSize = Math.min(wanted, Math.max(sizeOf(current), room))
  const sizes = [{ replicaSet: current, replicas: deployment.spec.paused === true ? sizeOf(current) : currentSize }]
  let budget = sumOf(all, remainingAvailable) - (wanted - unavailable)
  for (const replicaSet of old) {
    const missing = sizeOf(replicaSet) - (replicaSet.status?.availableReplicas ?? 0)
    const less = Math.min(sizeOf(replicaSet), Math.max(0, missing) + Math.max(0, budget))
    budget -= Math.max(0, less - Math.max(0, missing))
    sizes.push({ replicaSet, replicas: sizeOf(replicaSet) - less })
  }
  return {
    scale: sizes.filter(({ replicaSet, replicas }) => sizeOf(replicaSet) !== replicas),
    status: statusOf(deployment, current, all),
  }
}
