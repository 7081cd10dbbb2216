import type { ObjectMeta, OwnerReference } from './kubernetes/object-meta.ts'

/** The reference by which an object belongs to the Rollout or Experiment that it was made for, and is deleted with it. */
export const ownerReferenceTo = (
  kind: 'Rollout' | 'Experiment',
  { metadata }: { readonly metadata: Readonly<Pick<ObjectMeta, 'name' | 'uid'>> },
): OwnerReference => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind,
  name: metadata.name,
  uid: metadata.uid,
  controller: true,
  blockOwnerDeletion: true,
})
