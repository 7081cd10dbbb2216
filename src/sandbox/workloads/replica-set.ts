import type { Condition } from '../../api/kubernetes/condition.ts'
import type { Pod } from '../../api/kubernetes/pod.ts'
import type { ReplicaSet, ReplicaSetStatus } from '../../api/kubernetes/workloads.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { conditionOf, isReady, readySinceMs, timestampOf } from '../pods/pod-status.ts'

/** What the ReplicaSet controller wants done, decided from what it sees. */
export interface ReplicaSetPlan {
  readonly create: number
  readonly remove: readonly DeepReadonly<Pod>[]
  readonly status: ReplicaSetStatus
  /** Time in milliseconds since the epoch at which a ready pod becomes available, if one waits for that. */
  readonly wakeAtMs?: number
}

const availableAtMs = (replicaSet: DeepReadonly<ReplicaSet>, pod: DeepReadonly<Pod>): number | undefined => {
  const since = readySinceMs(pod)
  return since === undefined ? undefined : since + (replicaSet.spec.minReadySeconds ?? 0) * 1000
}

/** Kubernetes deletes first what serves least: pods that are not ready, then the youngest. */
const removalOrder = (left: DeepReadonly<Pod>, right: DeepReadonly<Pod>): number =>
  Number(isReady(left)) - Number(isReady(right)) ||
  right.metadata.creationTimestamp.localeCompare(left.metadata.creationTimestamp) ||
  left.metadata.name.localeCompare(right.metadata.name)

const failureCondition = (
  replicaSet: DeepReadonly<ReplicaSet>,
  failure: string | undefined,
  nowMs: number,
): readonly Condition[] => {
  if (failure === undefined) return []
  const old = conditionOf(replicaSet.status, 'ReplicaFailure')
  const lastTransitionTime = old?.lastTransitionTime ?? timestampOf(nowMs)
  return [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: failure, lastTransitionTime }]
}

const statusOf = (
  replicaSet: DeepReadonly<ReplicaSet>,
  pods: readonly DeepReadonly<Pod>[],
  nowMs: number,
  failure: string | undefined,
): ReplicaSetStatus => {
  const ready = pods.filter(isReady).length
  const available = pods.filter((pod) => (availableAtMs(replicaSet, pod) ?? Number.POSITIVE_INFINITY) <= nowMs).length
  const conditions = failureCondition(replicaSet, failure, nowMs)
  return {
    replicas: pods.length,
    ...(pods.length === 0 ? {} : { fullyLabeledReplicas: pods.length }),
    ...(ready === 0 ? {} : { readyReplicas: ready }),
    ...(available === 0 ? {} : { availableReplicas: available }),
    observedGeneration: replicaSet.metadata.generation ?? 0,
    ...(conditions.length === 0 ? {} : { conditions: [...conditions] }),
  }
}

/**
 * One pass of the ReplicaSet controller: pods to create and to delete, and the status to report (counts that are 0 are
 * absent, as in a real cluster). Pods that ended do not count.
 *
 * @param pods the pods that it controls.
 * @param failure why its last attempt to create a pod was refused, if it was; becomes condition ReplicaFailure.
 */
export const planReplicaSet = (
  replicaSet: DeepReadonly<ReplicaSet>,
  pods: readonly DeepReadonly<Pod>[],
  nowMs: number,
  failure?: string,
): ReplicaSetPlan => {
  const active = pods.filter(
    (pod) =>
      pod.metadata.deletionTimestamp === undefined &&
      pod.status?.phase !== 'Failed' &&
      pod.status?.phase !== 'Succeeded',
  )
  const surplus = active.length - (replicaSet.spec.replicas ?? 1)
  const waiting = active
    .map((pod) => availableAtMs(replicaSet, pod))
    .filter((atMs): atMs is number => atMs !== undefined && atMs > nowMs)
  return {
    create: Math.max(0, -surplus),
    remove: surplus > 0 ? active.toSorted(removalOrder).slice(0, surplus) : [],
    status: statusOf(replicaSet, active, nowMs, failure),
    ...(waiting.length === 0 ? {} : { wakeAtMs: Math.min(...waiting) }),
  }
}
