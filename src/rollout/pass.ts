import type { ReplicaSet } from '../api/kubernetes/workloads.ts'
import type { StoredObject } from '../kube/informer.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { equalJson, objectOr } from '../lib/json-value.ts'
import type { Report } from './conclude.ts'
import type { Replies } from './inquiries.ts'

/** The Rollout that a pass judged, and what its own writes have made of it. */
export interface Pass {
  readonly object: DeepReadonly<StoredObject>
  latest: DeepReadonly<StoredObject>
  /** What foreign APIs have answered by then. */
  readonly replies: Replies
}

/** The status of a pass: one that filled in a default has observed what it made of the spec. */
export const withGeneration = (status: Report['status'], { object, latest }: Pass): Report['status'] =>
  latest.metadata.generation === object.metadata.generation ||
  status.observedGeneration !== String(object.metadata.generation)
    ? status
    : { ...status, observedGeneration: String(latest.metadata.generation) }

/**
 * Whether nobody else has written a ReplicaSet between the version that was judged and the answer to our own write.
 * @param judged `undefined` for one that did not exist
 */
export const isAsPlanned = (judged: DeepReadonly<ReplicaSet> | undefined, written: StoredObject): boolean => {
  const { status, metadata } = written
  if (judged === undefined) return !(Number(objectOr(status).replicas) > 0)
  const { generation, labels } = judged.metadata
  const isNext = Number(metadata.generation) - (generation ?? 0) <= 1
  return isNext && equalJson(status, judged.status) && equalJson(metadata.labels, labels)
}
