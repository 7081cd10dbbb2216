import type { ObjectMeta, OwnerReference } from '../api/kubernetes/object-meta.ts'
import { controllerOf } from '../api/kubernetes/ownership.ts'
import type { Rollout } from '../api/rollout.ts'
import type { DeepReadonly } from '../lib/json.ts'

/** The reference by which an object belongs to a Rollout, and goes with it. */
export const ownerReferenceTo = ({ metadata }: DeepReadonly<Rollout>): OwnerReference => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  name: metadata.name,
  uid: metadata.uid,
  controller: true,
  blockOwnerDeletion: true,
})

/** Whether an object belongs to a Rollout. */
export const isOwnedBy = (
  { metadata }: { readonly metadata: Pick<DeepReadonly<ObjectMeta>, 'ownerReferences'> },
  rollout: DeepReadonly<Rollout>,
): boolean => controllerOf(metadata) === rollout.metadata.uid
