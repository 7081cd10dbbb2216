import { analysisRunCache, instanceSelector, runsByController, type ServedScope } from '../analysis/run-cache.ts'
import { type TemplateCaches, templateCaches } from '../analysis/template-caches.ts'
import { controllerOf } from '../api/kubernetes/ownership.ts'
import type { Service } from '../api/kubernetes/service.ts'
import type { ReplicaSet } from '../api/kubernetes/workloads.ts'
import { rollouts } from '../api/resources.ts'
import { controllerReference } from '../kube/create-once.ts'
import type { StoredObject } from '../kube/informer.ts'
import { type InformerFactory, rawView } from '../kube/informer-factory.ts'
import type { Resource } from '../kube/resource.ts'
import type { SharedInformer } from '../kube/shared-informer.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { stringOr } from '../lib/json-value.ts'
import { experimentCache } from './experiment-cache.ts'
import { replicaSetCache, serviceCache } from './pod-caches.ts'

/** Index by the uid of the object that controls another one; all controllers name it so. */
export const byController = 'controller-uid'

/** Experiments by the uid of the Rollout that they are a step of. */
export const experimentsByController = (object: DeepReadonly<StoredObject>): readonly string[] => [
  stringOr(controllerReference(object)?.uid) ?? '',
]

/** The caches that the Experiment controller reads; most of them it shares with the others. */
export class ExperimentCaches {
  readonly experiments: SharedInformer<StoredObject>
  readonly replicaSets: SharedInformer<ReplicaSet>
  readonly services: SharedInformer<Service>
  readonly analysisRuns: SharedInformer<StoredObject>
  readonly templates: TemplateCaches
  /** Their status says where routers send traffic. */
  readonly rollouts: SharedInformer<StoredObject>

  constructor(informers: InformerFactory, scope: ServedScope) {
    this.experiments = informers.informer({
      ...experimentCache(scope),
      indexes: { [byController]: experimentsByController },
    })
    this.replicaSets = informers.informer({
      ...replicaSetCache(scope),
      indexes: { [byController]: ({ metadata }) => [controllerOf(metadata) ?? ''] },
    })
    this.services = informers.informer({
      ...serviceCache(scope),
      indexes: { [byController]: ({ metadata }) => [controllerOf(metadata) ?? ''] },
    })
    this.analysisRuns = informers.informer({
      ...analysisRunCache(scope),
      indexes: { [byController]: runsByController },
    })
    this.templates = templateCaches(informers, scope)
    this.rollouts = informers.informer({
      resource: rollouts,
      namespace: scope.namespace,
      labelSelector: instanceSelector(scope.instanceId),
      view: rawView,
    })
  }

  /** What an Experiment is judged by: while one of them is cut off, pods or verdicts may be other than they seem. */
  get judged(): readonly SharedInformer<unknown>[] {
    return [this.experiments, this.replicaSets, this.analysisRuns] as readonly SharedInformer<unknown>[]
  }

  /** The cache that will show a write of this kind. */
  of(resource: Resource): SharedInformer<unknown> {
    const own = [
      this.experiments,
      this.replicaSets,
      this.services,
      this.analysisRuns,
    ] as readonly SharedInformer<unknown>[]
    const found = own.find(({ scope }) => scope.resource === resource)
    if (found === undefined) throw new Error(`writing a ${resource.kind}: the Experiment controller has no cache of it`)
    return found
  }
}
