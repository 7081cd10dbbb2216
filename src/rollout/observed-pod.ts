import type { Pod } from '../api/kubernetes/pod.ts'
import type { StoredObject } from '../kube/informer.ts'
import { fromRfc3339 } from '../lib/rfc3339.ts'

/**
 * What a restart reads of a pod. Nothing else of it is cached: pods are the most and the largest objects of a cluster.
 * Times are milliseconds since the epoch.
 */
export interface ObservedPod {
  readonly namespace: string | undefined
  readonly name: string
  readonly uid: string
  readonly createdAt: number
  /** Name and uid of the ReplicaSet that it belongs to; empty for one that no ReplicaSet controls. */
  readonly replicaSet: string
  readonly replicaSetUid: string
  /** Since when it is ready; `undefined` while it is not. */
  readonly readySince: number | undefined
  /** Whether it is there to stay: neither being deleted nor finished. */
  readonly isLive: boolean
}

/** The cache's view of a pod. The API server has checked its shape. */
export const observePod = (object: StoredObject): ObservedPod => {
  const { metadata, status } = object as unknown as Pod
  const owner = metadata.ownerReferences?.find(({ controller, kind }) => controller === true && kind === 'ReplicaSet')
  const ready = status?.conditions?.find(({ type }) => type === 'Ready')
  const finished = status?.phase === 'Succeeded' || status?.phase === 'Failed'
  return {
    namespace: metadata.namespace,
    name: metadata.name,
    uid: metadata.uid,
    createdAt: fromRfc3339(metadata.creationTimestamp) ?? 0,
    replicaSet: owner?.name ?? '',
    replicaSetUid: owner?.uid ?? '',
    readySince: ready?.status === 'True' ? (fromRfc3339(ready.lastTransitionTime) ?? 0) : undefined,
    isLive: metadata.deletionTimestamp === undefined && !finished,
  }
}
