import { pods } from '../api/resources.ts'
import { type WorkloadResource, workloadResource } from '../api/workload-reference.ts'
import type { StoredObject } from '../kube/informer.ts'
import type { Resource } from '../kube/resource.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { equalJson, objectOr } from '../lib/json-value.ts'
import type { ObjectRef } from '../routers/router.ts'
import { byWorkload, keyOf, ownerOf, type RolloutCaches, workloadKey } from './caches.ts'
import type { ObservedPod } from './observed-pod.ts'
import { readRollout } from './read-rollout.ts'
import { isRestartDue, restartWanted } from './restart-request.ts'
import { refName } from './routing-memory.ts'
import type { Snapshot } from './snapshot.ts'
import { isSameWorkload } from './workload.ts'

/** Router objects by the Rollouts that they concern. */
class RefIndex {
  readonly #rolloutsByRef = new Map<string, Set<string>>()
  readonly #refsByRollout = new Map<string, ReadonlySet<string>>()

  note(key: string, refs: readonly ObjectRef[]): void {
    const next = new Set(refs.map(refName))
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
    return this.#rolloutsByRef.get(refName(ref)) ?? []
  }

  /** Of Rollouts that any object of a kind concerns. */
  rolloutsOfKind({ group, kind }: Resource): ReadonlySet<string> {
    const named = [...this.#rolloutsByRef].filter(([ref]) => ref.startsWith(`${group}/${kind}/`))
    return new Set(named.flatMap(([, keys]) => [...keys]))
  }

  #remove(ref: string, key: string): void {
    const keys = this.#rolloutsByRef.get(ref)
    keys?.delete(key)
    if (keys?.size === 0) this.#rolloutsByRef.delete(ref)
  }
}

const abilitiesOf = ({ spec, status }: DeepReadonly<StoredObject>): readonly unknown[] => [
  spec,
  objectOr(status).supportedFeatures,
]

/** Watches the caches that start when a Rollout first needs them: of routers, of workloads, of pods. */
export class WatchesOnDemand {
  readonly #caches: RolloutCaches
  readonly #enqueue: (key: string) => void
  readonly #refs = new RefIndex()
  readonly #watched = new Set<Resource>()
  /** Rollouts by the kinds that they consult. */
  readonly #consulting = new Map<Resource, Set<string>>()
  /** Kinds of routers that some Rollout could not be judged by, since nobody could read them. */
  readonly #missed = new Set<Resource>()

  constructor(caches: RolloutCaches, enqueue: (key: string) => void) {
    this.#caches = caches
    this.#enqueue = enqueue
  }

  /** Begins to watch what a Rollout needs by its snapshot, and remembers which router objects concern it. */
  note(key: string, { routers, formerRouting, known, rollout, now }: Snapshot): void {
    if (isRestartDue(rollout, now)) this.#watchPods()
    const workload = rollout.spec.workloadRef && workloadResource(rollout.spec.workloadRef)
    if (workload !== undefined) this.#watchWorkload(workload)
    const named = [...routers, ...(formerRouting?.routers ?? [])].flatMap((router) => router.refs(known))
    for (const { resource } of named) {
      this.#watchRouter(resource)
      if (!this.#isReadable(resource)) this.#missed.add(resource)
    }
    this.#refs.note(key, named)
    this.#noteConsulted(key, new Set(routers.flatMap(({ consults }) => consults)))
  }

  /** Forgets a Rollout that is gone. */
  forget(key: string): void {
    this.#refs.note(key, [])
    this.#noteConsulted(key, new Set())
  }

  #noteConsulted(key: string, kinds: ReadonlySet<Resource>): void {
    for (const resource of kinds) {
      if (!this.#consulting.has(resource)) this.#watchConsulted(resource)
      this.#consulting.get(resource)?.add(key)
    }
    for (const [resource, keys] of this.#consulting) if (!kinds.has(resource)) keys.delete(key)
  }

  /** A kind that a router looks at besides; its controllers write times into conditions, which say nothing new. */
  #watchConsulted(resource: Resource): void {
    const keys = new Set<string>()
    this.#consulting.set(resource, keys)
    this.#caches.consulted(resource)?.onChange((delta) => {
      if (delta.type === 'updated' && equalJson(abilitiesOf(delta.before), abilitiesOf(delta.object))) return
      for (const key of keys) this.#enqueue(key)
    })
  }

  #isFirst(resource: Resource): boolean {
    if (this.#watched.has(resource)) return false
    this.#watched.add(resource)
    return true
  }

  #watchRouter(resource: Resource): void {
    if (!this.#isFirst(resource)) return
    const cache = this.#caches.ofRouter(resource)
    cache.onChange(({ object }) => {
      const { namespace = '', name } = object.metadata
      for (const key of this.#refs.rolloutsOf({ resource, namespace, name })) this.#enqueue(key)
    })
    // A kind that nobody could read says nothing of its objects when that ends, least of all that there are none.
    cache.onProgress(() => {
      if (!this.#missed.has(resource) || !this.#isReadable(resource)) return
      this.#missed.delete(resource)
      for (const key of this.#refs.rolloutsOfKind(resource)) this.#enqueue(key)
    })
  }

  #isReadable(resource: Resource): boolean {
    const { state, refused } = this.#caches.ofRouter(resource)
    return state === 'synced' && !refused
  }

  #watchWorkload(resource: WorkloadResource): void {
    if (!this.#isFirst(resource)) return
    this.#caches.ofWorkload(resource).onChange((delta) => {
      if (delta.type === 'updated' && isSameWorkload(delta.before, delta.object)) return
      const { namespace, name } = delta.object.metadata
      const key = workloadKey(resource, namespace, name)
      for (const { metadata } of this.#caches.rollouts.store.byIndex(byWorkload, key)) {
        this.#enqueue(keyOf(metadata.namespace, metadata.name))
      }
    })
  }

  /** Pods change all the time; only a restart looks at them. */
  #watchPods(): void {
    if (!this.#isFirst(pods)) return
    this.#caches.pods.onChange(({ object }) => {
      const rollout = this.#rolloutOf(object)
      if (rollout === undefined || restartWanted(readRollout(rollout).rollout) === undefined) return
      this.#enqueue(keyOf(rollout.metadata.namespace, rollout.metadata.name))
    })
  }

  #rolloutOf({ namespace, replicaSet }: DeepReadonly<ObservedPod>): DeepReadonly<StoredObject> | undefined {
    const set = this.#caches.replicaSets.store.get(namespace, replicaSet)
    const owner = set && ownerOf(set.metadata)
    return owner === undefined ? undefined : this.#caches.rollouts.store.get(namespace, owner)
  }
}
