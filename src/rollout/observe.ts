import { readRun } from '../analysis/run-cache.ts'
import { templatesIn } from '../analysis/template-caches.ts'
import type { AnalysisRun } from '../api/analysis-run.ts'
import type { Experiment } from '../api/experiment.ts'
import type { FieldError } from '../api/field-error.ts'
import { controllerOf } from '../api/kubernetes/ownership.ts'
import type { Service } from '../api/kubernetes/service.ts'
import type { ReplicaSet } from '../api/kubernetes/workloads.ts'
import { workloadGenerationAnnotation } from '../api/labels.ts'
import type { Rollout } from '../api/rollout.ts'
import { validateReferences } from '../api/validation/references.ts'
import { serviceReferences } from '../api/validation/service-references.ts'
import { workloadNotFound, workloadReferenceErrors, workloadResource } from '../api/workload-reference.ts'
import { readExperiment } from '../experiment/experiment-cache.ts'
import type { StoredObject } from '../kube/informer.ts'
import type { SharedInformer } from '../kube/shared-informer.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { PluginDirectory } from '../plugins/configuration.ts'
import type { PluginRegistry } from '../plugins/registry.ts'
import { refuseMetric } from '../providers/registry.ts'
import { routersOf, targetGroupVerifierOf } from '../routers/registry.ts'
import type { BoundRouter } from '../routers/router.ts'
import { byManager, byOwner, byReplicaSet, keyOf, type RolloutCaches } from './caches.ts'
import { formerRoutingOf } from './former-routing.ts'
import type { Replies } from './inquiries.ts'
import { selectorMatches } from './label-match.ts'
import { pluginUses } from './plugin-uses.ts'
import { type ReadRollout, readRollout } from './read-rollout.ts'
import { isRestartDue } from './restart-request.ts'
import { rivalFaults, rivalsOf } from './rival-routes.ts'
import { faultsOfRouter, unreadableKinds } from './router-faults.ts'
import type { RoutingMemory } from './routing-memory.ts'
import type { Snapshot } from './snapshot.ts'
import { resolveWorkload } from './workload.ts'

/** What is known beyond the caches. */
export interface OutsideView {
  /** The configuration of plugins; it is read when the first Rollout names one. */
  readonly plugins: Pick<PluginRegistry, 'cache' | 'directory'>
  readonly replies: Replies
  readonly routingMemory: RoutingMemory
  /** The field manager of this controller's writes. */
  readonly fieldManager: string
}

const noPlugins = new PluginDirectory(undefined, '')

/** A cache that a decision relies on. */
type NeededCache = Pick<SharedInformer<unknown>, 'synced' | 'current' | 'whenCurrent'>

/** What is known about a Rollout; or what to wait for, when caches were only just started, or are cut off. */
export type Observation =
  | { readonly type: 'snapshot'; readonly snapshot: Snapshot }
  | { readonly type: 'waiting'; readonly until: readonly (() => Promise<void>)[] }

const oldestFirst = (a: DeepReadonly<ReplicaSet>, b: DeepReadonly<ReplicaSet>): number =>
  a.metadata.creationTimestamp < b.metadata.creationTimestamp ? -1 : 1

const orphansOf = (
  caches: RolloutCaches,
  { metadata, spec }: DeepReadonly<Rollout>,
): readonly DeepReadonly<ReplicaSet>[] =>
  caches.replicaSets.store
    .byIndex(byOwner, '')
    .filter(
      (set) =>
        set.metadata.namespace === metadata.namespace &&
        set.metadata.deletionTimestamp === undefined &&
        controllerOf(set.metadata) === undefined &&
        selectorMatches(spec.selector, set.metadata.labels ?? {}),
    )

const servicesOf = (
  caches: RolloutCaches,
  rollout: DeepReadonly<Rollout>,
): ReadonlyMap<string, DeepReadonly<Service>> =>
  new Map(
    serviceReferences(rollout).flatMap(({ name }) => {
      const service = caches.services.store.get(rollout.metadata.namespace, name)
      return service === undefined ? [] : [[name, service] as const]
    }),
  )

const formerServicesOf = (
  caches: RolloutCaches,
  { metadata }: DeepReadonly<Rollout>,
  named: ReadonlyMap<string, unknown>,
): readonly DeepReadonly<Service>[] =>
  caches.services.store
    .byIndex(byManager, keyOf(metadata.namespace, metadata.name))
    .filter((service) => !named.has(service.metadata.name))

const runsOf = (caches: RolloutCaches, { metadata }: DeepReadonly<Rollout>): readonly DeepReadonly<AnalysisRun>[] =>
  caches.analysisRuns.store.byIndex(byOwner, metadata.uid).flatMap((object) => {
    const read = readRun(object)
    return read.ok ? [read.run] : []
  })

const experimentsOf = (
  caches: RolloutCaches,
  { metadata }: DeepReadonly<Rollout>,
): readonly DeepReadonly<Experiment>[] =>
  caches.experiments.store.byIndex(byOwner, metadata.uid).map((object) => readExperiment(object).experiment)

const hasExperiments = ({ spec }: DeepReadonly<Rollout>): boolean =>
  (spec.strategy?.canary?.steps ?? []).some(({ experiment }) => experiment !== undefined)

/** Pods are looked at only for a restart. Nothing else waits until their cache, which the first restart starts, has them. */
const podsOf = (
  caches: RolloutCaches,
  rollout: DeepReadonly<Rollout>,
  replicaSets: readonly DeepReadonly<ReplicaSet>[],
  now: number,
): Snapshot['pods'] => {
  if (!isRestartDue(rollout, now)) return undefined
  const { pods } = caches
  return pods.synced ? replicaSets.flatMap(({ metadata }) => pods.store.byIndex(byReplicaSet, metadata.uid)) : undefined
}

interface Found extends ReadRollout {
  readonly workload: Snapshot['workload']
  /** The cache that the workload is to be found in. */
  readonly cache?: ReturnType<RolloutCaches['ofWorkload']>
}

/** A Rollout with the template of its workload, if it refers to one. */
const withWorkload = (caches: RolloutCaches, read: ReadRollout): Found => {
  const { rollout, faults } = read
  const { metadata, spec } = rollout
  const without = { rollout, workload: undefined }
  if (spec.workloadRef === undefined || faults.length > 0) return { ...without, faults }
  const wrong = workloadReferenceErrors(spec.workloadRef)
  const resource = workloadResource(spec.workloadRef)
  if (wrong.length > 0 || resource === undefined) return { ...without, faults: wrong }
  const cache = caches.ofWorkload(resource)
  if (!cache.synced) return { ...without, faults, cache }
  const { name = '' } = spec.workloadRef
  const workload = cache.store.get(metadata.namespace, name)
  if (workload === undefined) {
    return { ...without, faults: [workloadNotFound(resource, metadata.namespace ?? '', name)], cache }
  }
  const annotated = metadata.annotations?.[workloadGenerationAnnotation]
  return { ...resolveWorkload(rollout, workload), workload: { ...workload, annotated }, cache }
}

/**
 * Whether a cache must be waited for. A release goes forward on a present picture only: what was measured, counted or asked
 * for during an outage comes first. One that is given up goes back on the picture there is, since a cache that somebody
 * took the rights from may stay behind for good.
 */
const isAwaited = (rollout: DeepReadonly<Rollout>, cache: NeededCache): boolean =>
  isGivenUp(rollout) ? !cache.synced : !cache.current

const isGivenUp = ({ status }: DeepReadonly<Rollout>): boolean => status?.abort === true

const rivalsIn = (caches: RolloutCaches, object: DeepReadonly<StoredObject>, rollout: DeepReadonly<Rollout>) => {
  const refs = caches.routesOf(object)
  if (refs.length === 0) return []
  const others = caches.routedBy(refs).map((other) => ({
    rollout: readRollout(other).rollout,
    refs: caches.routesOf(other),
  }))
  return rivalsOf({ rollout, refs }, others)
}

const routerFaults = (
  caches: RolloutCaches,
  rollout: DeepReadonly<Rollout>,
  routers: readonly BoundRouter[],
  former: readonly BoundRouter[],
): readonly FieldError[] => {
  const unreadable = (router: BoundRouter): readonly FieldError[] =>
    unreadableKinds(router, (resource) => caches.ofRouter(resource), isGivenUp(rollout))
  const ofPresent = routers.flatMap((router) => {
    const faults = unreadable(router)
    return faults.length > 0 ? faults : faultsOfRouter(router, caches.known)
  })
  // What is not served any more need not be given back.
  const ofFormer = former.flatMap(unreadable).filter(({ type }) => type === 'Forbidden')
  return [...ofPresent, ...ofFormer]
}

/** Reads everything that a decision about a Rollout needs from the caches, and checks what the Rollout refers to. */
export const observe = (
  caches: RolloutCaches,
  object: DeepReadonly<StoredObject>,
  now: number,
  instanceId: string,
  outside: OutsideView,
): Observation => {
  const { rollout, faults, workload, cache: workloads } = withWorkload(caches, readRollout(object))
  const routers = faults.length > 0 ? [] : routersOf(rollout, caches.routerVersions)
  const formerRouting = faults.length > 0 ? undefined : formerRoutingOf(rollout, caches.routerVersions)
  const needed: readonly NeededCache[] = [
    ...caches.ofEveryRelease,
    ...(hasExperiments(rollout) ? [caches.experiments as SharedInformer<unknown>] : []),
    ...(workloads === undefined ? [] : [workloads]),
  ]
  const isAsked = (formerRouting?.routers ?? []).some(({ plugin }) => plugin !== undefined)
  const usesPlugins = faults.length === 0 && (isAsked || pluginUses(rollout).length > 0)
  const routed = [...routers, ...(formerRouting?.routers ?? [])].flatMap(({ resources }) =>
    resources.map((resource) => caches.ofRouter(resource)),
  )
  const consulted = routers.flatMap(({ consults }) => consults.flatMap((resource) => caches.consulted(resource) ?? []))
  const until = [
    ...needed.filter((cache) => isAwaited(rollout, cache)).map((cache) => () => cache.whenCurrent()),
    // One that nobody may read is told of below instead of being waited for.
    ...routed.filter((cache) => isAwaited(rollout, cache) && !cache.refused).map((cache) => () => cache.whenKnown()),
    ...consulted
      .filter((cache) => !cache.synced && cache.problem === undefined)
      .map((cache) => () => cache.whenAnswered()),
    ...(usesPlugins && !outside.plugins.cache.synced ? [() => outside.plugins.cache.whenCurrent()] : []),
  ]
  if (until.length > 0) return { type: 'waiting', until }

  const services = servicesOf(caches, rollout)
  const templates = templatesIn(caches.templates, rollout.metadata.namespace)
  const { known } = caches
  const rivals = faults.length > 0 ? [] : rivalsIn(caches, object, rollout)
  const references =
    faults.length > 0
      ? []
      : [
          ...validateReferences(rollout, { services, templates, refuseMetric }),
          ...rivals.flatMap(rivalFaults),
          ...routerFaults(caches, rollout, routers, formerRouting?.routers ?? []),
        ]
  const replicaSets = [...caches.replicaSets.store.byIndex(byOwner, rollout.metadata.uid)].sort(oldestFirst)
  const snapshot: Snapshot = {
    now,
    rollout,
    workload,
    faults: [...faults, ...references],
    replicaSets,
    orphans: faults.length > 0 ? [] : orphansOf(caches, rollout),
    services,
    formerServices: formerServicesOf(caches, rollout, services),
    pods: podsOf(caches, rollout, replicaSets, now),
    analysisRuns: runsOf(caches, rollout),
    isRunNameTaken: (name) => caches.analysisRuns.store.get(rollout.metadata.namespace, name) !== undefined,
    experiments: experimentsOf(caches, rollout),
    templates,
    routers,
    targetGroups: targetGroupVerifierOf(rollout, caches.routerVersions),
    formerRouting,
    known,
    rivals,
    plugins: usesPlugins ? outside.plugins.directory : noPlugins,
    ...outside.replies,
    routingMemory: outside.routingMemory,
    fieldManager: outside.fieldManager,
    instanceId,
  }
  return { type: 'snapshot', snapshot }
}
