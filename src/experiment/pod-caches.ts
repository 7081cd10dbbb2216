import type { ServedScope } from '../analysis/run-cache.ts'
import type { Service } from '../api/kubernetes/service.ts'
import type { ReplicaSet } from '../api/kubernetes/workloads.ts'
import { podTemplateHashLabel } from '../api/labels.ts'
import { replicaSets, services } from '../api/resources.ts'
import type { StoredObject } from '../kube/informer.ts'
import type { InformerDefinition } from '../kube/shared-informer.ts'

/** A built-in kind has its shape: the API server has checked it. */
const ofBuiltInKind = <T>(object: StoredObject): T => object as unknown as T

/** The cache of the ReplicaSets that run versions, of Rollouts and Experiments alike. */
export const replicaSetCache = ({ namespace }: ServedScope): InformerDefinition<ReplicaSet> => ({
  resource: replicaSets,
  namespace,
  labelSelector: podTemplateHashLabel,
  view: ofBuiltInKind<ReplicaSet>,
})

/** The cache of the Services that select those pods. */
export const serviceCache = ({ namespace }: ServedScope): InformerDefinition<Service> => ({
  resource: services,
  namespace,
  view: ofBuiltInKind<Service>,
})
