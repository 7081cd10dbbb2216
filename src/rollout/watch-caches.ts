import { readRun } from '../analysis/run-cache.ts'
import { rolloutConditions } from '../api/conditions.ts'
import type { ObjectMeta } from '../api/kubernetes/object-meta.ts'
import type { Service } from '../api/kubernetes/service.ts'
import { managedByAnnotation } from '../api/labels.ts'
import { isCompleted } from '../api/phases.ts'
import { type WorkloadResource, workloadResource } from '../api/workload-reference.ts'
import type { Delta, StoredObject } from '../kube/informer.ts'
import type { Resource } from '../kube/resource.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { equalJson } from '../lib/json-value.ts'
import { routerResources } from '../routers/registry.ts'
import type { ObjectRef } from '../routers/router.ts'
import {
  byService,
  byTemplate,
  byWorkload,
  controllerOf,
  keyOf,
  type RolloutCaches,
  templateKey,
  workloadKey,
} from './caches.ts'
import { conditionOf } from './conditions.ts'
import { readRollout } from './read-rollout.ts'
import { isRestartDue, restartWanted } from './restart-request.ts'
import type { Snapshot } from './snapshot.ts'
import { isSameWorkload } from './workload.ts'

/** Which Rollouts are to be looked at when something changes. */
export interface Watching {
  /** Registers the handlers; every Rollout that is there is queued. */
  start(): void
  /** Remembers which router objects concern a Rollout. */
  noteRefs(key: string, snapshot: Snapshot): void
}

/** An owner of kind Rollout, as a key. */
const ownerKey = ({ namespace, ownerReferences = [] }: DeepReadonly<ObjectMeta>): string | undefined => {
  const owner = ownerReferences.find(({ controller, kind }) => controller === true && kind === 'Rollout')
  return owner && keyOf(namespace, owner.name)
}

const nameIn = (key: string): string => key.slice(key.indexOf('/') + 1)

const refKey = ({ resource, namespace, name }: ObjectRef): string =>
  `${resource.group}/${resource.kind}/${namespace}/${name}`

/** What of a Service matters to a Rollout; its addresses and ports do not. */
const relevantPart = ({ spec, metadata }: DeepReadonly<Service>): readonly unknown[] => [
  spec.selector,
  metadata.annotations?.[managedByAnnotation],
]

const phaseOf = (object: DeepReadonly<StoredObject>): readonly unknown[] => {
  const read = readRun(object)
  return read.ok ? [read.run.status?.phase, read.run.spec.terminate, isCompleted(read.run.status?.phase)] : []
}

/** Router objects by the Rollouts that they concern. */
class RefIndex {
  readonly #rolloutsByRef = new Map<string, Set<string>>()
  readonly #refsByRollout = new Map<string, ReadonlySet<string>>()

  note(key: string, refs: readonly ObjectRef[]): void {
    const next = new Set(refs.map(refKey))
    for (const ref of this.#refsByRollout.get(key) ?? []) if (!next.has(ref)) this.#remove(ref, key)
    for (const ref of next) {
      const known = this.#rolloutsByRef.get(ref)
      if (known === undefined) this.#rolloutsByRef.set(ref, new Set([key]))
      else known.add(key)
    }
    if (next.size === 0) this.#refsByRollout.delete(key)
    else this.#refsByRollout.set(key, next)
  }

  rolloutsOf(ref: ObjectRef): Iterable<string> {
    return this.#rolloutsByRef.get(refKey(ref)) ?? []
  }

  #remove(ref: string, key: string): void {
    const keys = this.#rolloutsByRef.get(ref)
    keys?.delete(key)
    if (keys?.size === 0) this.#rolloutsByRef.delete(ref)
  }
}

/** Queues a Rollout whenever something changes that a decision about it looks at, and only then. */
export const watchCaches = (
  caches: RolloutCaches,
  enqueue: (key: string) => void,
  onDeleted: (object: DeepReadonly<StoredObject>) => void,
): Watching => {
  const refs = new RefIndex()
  const watchedRouters = new Set<Resource>()
  const rolloutKey = ({ metadata }: DeepReadonly<StoredObject>): string => keyOf(metadata.namespace, metadata.name)

  const ofRollout = ({ type, object }: Delta<StoredObject>): void => {
    const key = rolloutKey(object)
    if (type === 'deleted') {
      refs.note(key, [])
      onDeleted(object)
    } else enqueue(key)
  }

  const ofReplicaSet = (metadata: DeepReadonly<ObjectMeta>): void => {
    const owner = ownerKey(metadata)
    if (owner !== undefined) enqueue(owner)
    // One without a controller may be an orphan that a Rollout of its namespace is to take.
    else if (controllerOf(metadata) === undefined)
      for (const object of caches.rollouts.store.list(metadata.namespace)) enqueue(rolloutKey(object))
  }

  const ofService = (delta: Delta<Service>): void => {
    if (delta.type === 'updated' && equalJson(relevantPart(delta.before), relevantPart(delta.object))) return
    const { namespace, name, annotations } = delta.object.metadata
    const manager = annotations?.[managedByAnnotation]
    if (manager !== undefined) enqueue(keyOf(namespace, manager))
    for (const object of caches.rollouts.store.byIndex(byService, keyOf(namespace, name))) enqueue(rolloutKey(object))
  }

  const ofRun = (delta: Delta<StoredObject>): void => {
    if (delta.type === 'updated' && equalJson(phaseOf(delta.before), phaseOf(delta.object))) return
    const read = readRun(delta.object)
    const owner = read.ok ? ownerKey(read.run.metadata) : undefined
    if (owner !== undefined) enqueue(owner)
  }

  const isInvalid = (object: DeepReadonly<StoredObject>): boolean =>
    conditionOf(readRollout(object).rollout.status ?? {}, rolloutConditions.invalidSpec) !== undefined

  /** A template may also be one that others name: then a Rollout that is invalid for want of it is looked at again. */
  const ofTemplate = (namespace: string | undefined, name: string): void => {
    const key = templateKey(namespace, name, namespace === undefined)
    for (const object of caches.rollouts.store.byIndex(byTemplate, key)) enqueue(rolloutKey(object))
    for (const object of caches.rollouts.store.list(namespace)) if (isInvalid(object)) enqueue(rolloutKey(object))
  }

  const watchRouter = (resource: Resource): void => {
    if (watchedRouters.has(resource)) return
    watchedRouters.add(resource)
    caches.ofRouter(resource).onChange(({ object }) => {
      const { namespace = '', name } = object.metadata
      for (const key of refs.rolloutsOf({ resource, namespace, name })) enqueue(key)
    })
  }

  const watchedWorkloads = new Set<WorkloadResource>()

  const watchWorkload = (resource: WorkloadResource): void => {
    if (watchedWorkloads.has(resource)) return
    watchedWorkloads.add(resource)
    caches.ofWorkload(resource).onChange((delta) => {
      if (delta.type === 'updated' && isSameWorkload(delta.before, delta.object)) return
      const { namespace, name } = delta.object.metadata
      const key = workloadKey(resource, namespace, name)
      for (const object of caches.rollouts.store.byIndex(byWorkload, key)) enqueue(rolloutKey(object))
    })
  }

  let watchesPods = false

  /** Pods change all the time; only a restart looks at them. */
  const watchPods = (): void => {
    if (watchesPods) return
    watchesPods = true
    caches.pods.onChange(({ object: { namespace, replicaSet } }) => {
      const set = caches.replicaSets.store.get(namespace, replicaSet)
      const owner = set && ownerKey(set.metadata)
      const object = owner === undefined ? undefined : caches.rollouts.store.get(namespace, nameIn(owner))
      if (object !== undefined && restartWanted(readRollout(object).rollout) !== undefined) enqueue(rolloutKey(object))
    })
  }

  return {
    start: () => {
      caches.rollouts.onChange(ofRollout)
      caches.replicaSets.onChange(({ object }) => ofReplicaSet(object.metadata))
      caches.services.onChange(ofService)
      caches.analysisRuns.onChange(ofRun)
      caches.analysisTemplates.onChange(({ object }) => ofTemplate(object.metadata.namespace, object.metadata.name))
      caches.clusterAnalysisTemplates?.onChange(({ object }) => ofTemplate(undefined, object.metadata.name))
    },
    noteRefs: (key, { routers, known, rollout, now }) => {
      if (isRestartDue(rollout, now)) watchPods()
      const workload = rollout.spec.workloadRef && workloadResource(rollout.spec.workloadRef)
      if (workload !== undefined) watchWorkload(workload)
      const named = routers.flatMap((router) => router.refs(known))
      for (const resource of routerResources) {
        if (named.some((ref) => ref.resource.kind === resource.kind)) watchRouter(resource)
      }
      refs.note(key, named)
    },
  }
}
