import { analysisRunCache, instanceSelector, runsByController, type ServedScope } from '../analysis/run-cache.ts'
import { type TemplateCaches, templateCaches } from '../analysis/template-caches.ts'
import type { ObjectMeta } from '../api/kubernetes/object-meta.ts'
import { controllerOf } from '../api/kubernetes/ownership.ts'
import type { Service } from '../api/kubernetes/service.ts'
import type { ReplicaSet } from '../api/kubernetes/workloads.ts'
import { managedByAnnotation, podTemplateHashLabel } from '../api/labels.ts'
import { deployments, experiments, gatewayClasses, pods, rollouts } from '../api/resources.ts'
import { serviceReferences } from '../api/validation/service-references.ts'
import { analysisUses } from '../api/validation/template-use.ts'
import { type WorkloadResource, workloadResource } from '../api/workload-reference.ts'
import { experimentsByController } from '../experiment/caches.ts'
import { experimentCache } from '../experiment/experiment-cache.ts'
import { replicaSetCache, serviceCache } from '../experiment/pod-caches.ts'
import type { StoredObject } from '../kube/informer.ts'
import { type InformerFactory, rawView } from '../kube/informer-factory.ts'
import type { Resource } from '../kube/resource.ts'
import type { SharedInformer } from '../kube/shared-informer.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { routersOf } from '../routers/registry.ts'
import type { KnownObjects, ObjectRef } from '../routers/router.ts'
import { defaultRouterVersions, type RouterVersions } from '../routers/router-versions.ts'
import { type ObservedPod, observePod } from './observed-pod.ts'
import { readRollout } from './read-rollout.ts'
import { refName } from './routing-memory.ts'
import { observeWorkload, type Workload } from './workload.ts'

/** Names of indexes. */
export const byOwner = 'controller-uid'
export const byService = 'service'
export const byTemplate = 'template'
export const byManager = 'manager'
export const byWorkload = 'workload'
export const byRoute = 'route'
export const byReplicaSet = 'replicaset-uid'

/** Key of a namespaced name in indexes and queues. */
export const keyOf = (namespace: string | undefined, name: string): string => `${namespace ?? ''}/${name}`

/** Name of the Rollout that controls an object. */
export const ownerOf = ({ ownerReferences = [] }: DeepReadonly<ObjectMeta>): string | undefined =>
  ownerReferences.find(({ controller, kind }) => controller === true && kind === 'Rollout')?.name

/** Index value of a template that a Rollout names; those of the cluster have no namespace. */
export const templateKey = (namespace: string | undefined, name: string, clusterScope: boolean): string =>
  keyOf(clusterScope ? '' : namespace, name)

const servicesOf = (object: DeepReadonly<StoredObject>): readonly string[] =>
  serviceReferences(readRollout(object).rollout).map(({ name }) => keyOf(object.metadata.namespace, name))

const templatesOf = (object: DeepReadonly<StoredObject>): readonly string[] =>
  analysisUses(readRollout(object).rollout)
    .flatMap(({ analysis }) => analysis.templates ?? [])
    .map(({ templateName = '', clusterScope = false }) =>
      templateKey(object.metadata.namespace, templateName, clusterScope),
    )

/** Index value of a workload that a Rollout refers to. */
export const workloadKey = (resource: WorkloadResource, namespace: string | undefined, name: string): string =>
  `${resource.kind}/${keyOf(namespace, name)}`

const workloadsOf = (object: DeepReadonly<StoredObject>): readonly string[] => {
  const { workloadRef } = readRollout(object).rollout.spec
  const resource = workloadRef && workloadResource(workloadRef)
  return resource === undefined ? [] : [workloadKey(resource, object.metadata.namespace, workloadRef?.name ?? '')]
}

const nothingKnown: KnownObjects = { get: () => undefined, list: () => [] }

const managersOf = ({ metadata }: DeepReadonly<Service>): readonly string[] => {
  const manager = metadata.annotations?.[managedByAnnotation]
  return manager === undefined ? [] : [keyOf(metadata.namespace, manager)]
}

/** The caches that the Rollout controller reads. */
export class RolloutCaches {
  readonly rollouts: SharedInformer<StoredObject>
  readonly replicaSets: SharedInformer<ReplicaSet>
  readonly services: SharedInformer<Service>
  readonly analysisRuns: SharedInformer<StoredObject>
  readonly experiments: SharedInformer<StoredObject>
  readonly templates: TemplateCaches
  /** What every release is judged by. Templates are not among them: an older one is as good as a newer one. */
  readonly ofEveryRelease: readonly SharedInformer<unknown>[]
  /** Which API the objects of routers have. */
  readonly routerVersions: RouterVersions
  readonly #informers: InformerFactory
  readonly #namespace: string | undefined

  constructor(informers: InformerFactory, scope: ServedScope, routerVersions = defaultRouterVersions) {
    this.routerVersions = routerVersions
    const { namespace } = scope
    const labelSelector = instanceSelector(scope.instanceId)
    this.#informers = informers
    this.#namespace = namespace
    this.rollouts = informers.informer({
      resource: rollouts,
      namespace,
      labelSelector,
      view: rawView,
      indexes: {
        [byService]: servicesOf,
        [byTemplate]: templatesOf,
        [byWorkload]: workloadsOf,
        [byRoute]: (object) => this.routesOf(object).map(refName),
      },
    })
    this.replicaSets = informers.informer({
      ...replicaSetCache(scope),
      indexes: { [byOwner]: ({ metadata }) => [controllerOf(metadata) ?? ''] },
    })
    this.services = informers.informer({ ...serviceCache(scope), indexes: { [byManager]: managersOf } })
    this.analysisRuns = informers.informer({
      ...analysisRunCache(scope),
      indexes: { [byOwner]: runsByController },
    })
    this.experiments = informers.informer({
      ...experimentCache(scope),
      indexes: { [byOwner]: experimentsByController },
    })
    this.templates = templateCaches(informers, scope)
    const { rollouts: own, replicaSets: sets, services: routed, analysisRuns: runs } = this
    this.ofEveryRelease = [own, sets, routed, runs] as readonly SharedInformer<unknown>[]
  }

  /** Routing objects that a Rollout names; those that it finds by labels are not among them. */
  routesOf(object: DeepReadonly<StoredObject>): readonly ObjectRef[] {
    return routersOf(readRollout(object).rollout, this.routerVersions).flatMap((router) => router.refs(nothingKnown))
  }

  /** Rollouts that name one of these routing objects, but for those that are going. */
  routedBy(refs: readonly ObjectRef[]): readonly DeepReadonly<StoredObject>[] {
    const found = refs.flatMap((ref) => this.rollouts.store.byIndex(byRoute, refName(ref)))
    return [...new Set(found)].filter(({ metadata }) => metadata.deletionTimestamp === undefined)
  }

  /** Pods of Rollouts, and of each only what a restart needs to know; started when one is first due. */
  get pods(): SharedInformer<ObservedPod> {
    return this.#informers.informer({
      resource: pods,
      namespace: this.#namespace,
      labelSelector: podTemplateHashLabel,
      view: observePod,
      indexes: { [byReplicaSet]: ({ replicaSetUid }) => [replicaSetUid] },
    })
  }

  /** Workloads of a kind that some Rollout refers to, and of each only what it takes; started when it is first asked for. */
  ofWorkload(resource: WorkloadResource): SharedInformer<Workload> {
    return this.#informers.informer({ resource, namespace: this.#namespace, view: observeWorkload })
  }

  /** The cache of a kind that some router reads; started when it is first asked for. */
  ofRouter(resource: Resource): SharedInformer<StoredObject> {
    return this.#informers.informer({ resource, namespace: this.#namespace, view: rawView, keepsManagers: true })
  }

  /**
   * The cache of a kind of the whole cluster that some router looks at where it can. None for a controller that serves one
   * namespace only: it has no rights beyond.
   */
  consulted(resource: Resource): SharedInformer<StoredObject> | undefined {
    return this.#namespace === undefined ? this.ofRouter(resource) : undefined
  }

  /** The cache that will show a write of this kind. */
  of(resource: Resource): SharedInformer<unknown> {
    if (resource === pods) return this.pods as SharedInformer<unknown>
    if (resource === experiments) return this.experiments as SharedInformer<unknown>
    if (resource === deployments) return this.ofWorkload(deployments) as SharedInformer<unknown>
    return (
      this.ofEveryRelease.find(({ scope }) => scope.resource === resource) ??
      (this.ofRouter(resource) as SharedInformer<unknown>)
    )
  }

  /** What routers may look at. */
  get known(): KnownObjects {
    return {
      get: ({ resource, namespace, name }) => this.ofRouter(resource).store.get(namespace, name),
      list: (resource, namespace) => {
        const cache = resource === gatewayClasses ? this.consulted(resource) : this.ofRouter(resource)
        return cache?.store.list(namespace) ?? []
      },
    }
  }
}
