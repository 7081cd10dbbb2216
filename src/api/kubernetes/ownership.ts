import type { DeepReadonly } from '../../lib/json.ts'
import type { ObjectMeta, OwnerReference } from './object-meta.ts'

/** The object that controls another one; at most one does (Kubernetes documentation, "Owners and Dependents"). */
export const controllerReferenceOf = ({
  ownerReferences = [],
}: Pick<DeepReadonly<ObjectMeta>, 'ownerReferences'>): DeepReadonly<OwnerReference> | undefined =>
  ownerReferences.find(({ controller }) => controller === true)

/** Uid of the object that controls another one. */
export const controllerOf = (metadata: Pick<DeepReadonly<ObjectMeta>, 'ownerReferences'>): string | undefined =>
  controllerReferenceOf(metadata)?.uid
