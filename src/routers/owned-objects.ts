import type { ObjectMeta } from '../api/kubernetes/object-meta.ts'
import { controllerOf } from '../api/kubernetes/ownership.ts'
import type { Rollout } from '../api/rollout.ts'
import type { DeepReadonly } from '../lib/json.ts'

/** Whether an object belongs to a Rollout. */
export const isOwnedBy = (
  { metadata }: { readonly metadata: Pick<DeepReadonly<ObjectMeta>, 'ownerReferences'> },
  rollout: DeepReadonly<Rollout>,
): boolean => controllerOf(metadata) === rollout.metadata.uid
