import type { Clock } from '../lib/clock.ts'
import type { DeepReadonly } from '../lib/json.ts'
import type { Logger } from '../telemetry/logger.ts'
import { isForbidden, OtherClusterError } from './errors.ts'
import type { Delta, Informer, Store, StoredObject } from './informer.ts'
import { Reflector, type ReflectorSink } from './reflector.ts'
import { pathOf, type Resource } from './resource.ts'
import { isAtLeast } from './resource-version.ts'
import type { Runtime } from './runtime.ts'
import { ObjectStore } from './store.ts'
import type { IndexFunction } from './store-index.ts'
import { forCache, type ObjectVersion } from './stored-object.ts'
import type { Transport } from './transport.ts'

/** What is cached: one resource, in one namespace or all, narrowed by selectors. */
export interface InformerScope {
  readonly resource: Resource
  /** Undefined means all namespaces. */
  readonly namespace?: string | undefined
  readonly labelSelector?: string | undefined
  readonly fieldSelector?: string | undefined
}

/** A cache and how its readers see it. */
export interface InformerDefinition<T> extends InformerScope {
  /** Called once for each version of an object, without managed fields; see {@link ObjectStore}. */
  readonly view: (object: StoredObject) => T
  readonly indexes?: Readonly<Record<string, IndexFunction<DeepReadonly<T>>>>
  /** Whether the view shows, in short, who manages the fields of an object; see {@link forCache}. */
  readonly keepsManagers?: boolean
}

/**
 * Where a cache stands. `listing`: it does not know the collection yet. `synced`: it has all of it. `absent`: the server
 * does not know the kind (its CRD is not installed), so there are no objects; it is asked again every half minute.
 */
export type InformerState = 'idle' | 'listing' | 'synced' | 'absent' | 'stopped'

/**
 * How long a collection must have been refused before that counts: rights that were just granted take a moment to hold, and
 * another cluster may be back in a moment.
 */
const refusedAfterMs = 10_000

/** A cache that is kept current once it is started, with the handlers of everybody who shares it. */
export class SharedInformer<T> implements Informer<T> {
  readonly scope: InformerScope
  readonly #store: ObjectStore<T>
  readonly #log: Logger
  readonly #reflector: Reflector
  readonly #handlers: ((delta: Delta<T>) => void)[] = []
  readonly #progressHandlers: (() => void)[] = []
  readonly #abort = new AbortController()
  readonly #waiting: (() => void)[] = []
  readonly #waitingForCurrent: (() => void)[] = []
  readonly #waitingForKnown: (() => void)[] = []
  readonly #waitingForAnswer: (() => void)[] = []
  readonly #clock: Clock
  #running: Promise<void> | undefined
  #state: InformerState = 'idle'
  #problem: unknown
  #refusedSince: number | undefined
  #resourceVersion: string | undefined

  constructor(definition: InformerDefinition<T>, transport: Transport, runtime: Runtime, freeze = false) {
    const { resource, namespace, labelSelector, fieldSelector } = definition
    this.scope = definition
    this.#clock = runtime.clock
    this.#log = runtime.log.child({ kind: resource.kind })
    this.#store = new ObjectStore({
      view: definition.view,
      ...(definition.indexes && { indexes: definition.indexes }),
      freeze,
      onUnreadable: ({ metadata: { namespace, name } }, error) =>
        this.#log.error('leaving out an object that cannot be read', { namespace, name, err: error }),
    })
    this.#reflector = new Reflector({
      transport,
      runtime,
      path: pathOf(resource, { namespace }),
      query: { ...(labelSelector && { labelSelector }), ...(fieldSelector && { fieldSelector }) },
      sink: this.#sink(definition.keepsManagers),
    })
  }

  get store(): Store<T> {
    return this.#store
  }

  get state(): InformerState {
    return this.#state
  }

  /** True once the cache knows all objects there are; that an absent kind has none is known too. */
  get synced(): boolean {
    return this.#state === 'synced' || this.#state === 'absent'
  }

  /**
   * True while the cache follows what happens: it is synced, and not known to have been cut off for more than some seconds.
   * After a longer outage it is current again once the collection has been listed anew.
   */
  get current(): boolean {
    return this.#state === 'absent' || (this.#state === 'synced' && !this.#reflector.outdated)
  }

  /**
   * Whether the controller has lacked the right to read the collection for a while, and so does not know it; or the other
   * cluster that it is in could not be used for a while.
   */
  get refused(): boolean {
    const since = this.#refusedSince
    return since !== undefined && !this.current && this.#clock.monotonic() - since >= refusedAfterMs
  }

  /** The last error, while it stands in the way. */
  get problem(): unknown {
    return this.#problem
  }

  /** Registers a handler. It first hears of every object that is there, as added. An error it throws is logged and stops nothing. */
  onChange(handler: (delta: Delta<T>) => void): void {
    this.#handlers.push(handler)
    for (const object of this.#store.list()) this.#call(handler, { type: 'added', object })
  }

  /** Registers a callback for every step forward of the cache, also those that change no object. */
  onProgress(handler: () => void): void {
    this.#progressHandlers.push(handler)
  }

  /** Adds an index for another reader of the same cache. */
  addIndex(name: string, valuesOf: IndexFunction<DeepReadonly<T>>): void {
    this.#store.addIndex(name, valuesOf)
  }

  /**
   * True when the cache has this version of the object or a later one, or knows that the object is gone; with `deleted`,
   * when it knows that the object is gone or going; with `outdated`, when it has another version.
   */
  hasSeen(object: ObjectVersion, change: 'written' | 'deleted' | 'outdated' = 'written'): boolean {
    const { namespace, name, uid, resourceVersion } = object.metadata
    const stored = this.#store.identity(namespace, name)
    if (change === 'outdated') return stored?.uid !== uid || stored.resourceVersion !== resourceVersion
    if (change === 'deleted') return this.synced && (stored?.uid !== uid || stored.deleting)
    if (stored?.uid === uid && isAtLeast(stored.resourceVersion, resourceVersion)) return true
    return this.#resourceVersion !== undefined && isAtLeast(this.#resourceVersion, resourceVersion)
  }

  /** Resolves once it is known whether the cache can be used: {@link current}, {@link refused}, or stopped. */
  whenKnown(): Promise<void> {
    if (this.current || this.refused || this.#state === 'stopped') return Promise.resolve()
    return new Promise((resolve) => this.#waitingForKnown.push(resolve))
  }

  /** Resolves once {@link synced}, or something stands in the way of that: for who can do without. */
  whenAnswered(): Promise<void> {
    if (this.synced || this.#problem !== undefined || this.#state === 'stopped') return Promise.resolve()
    return new Promise((resolve) => this.#waitingForAnswer.push(resolve))
  }

  /** Starts the list and the watch; does nothing when it runs, or was stopped. */
  start(): void {
    if (this.#state !== 'idle') return
    this.#state = 'listing'
    this.#running = this.#reflector.run(this.#abort.signal)
  }

  /** Resolves once {@link synced}, or stopped. */
  whenSynced(): Promise<void> {
    if (this.synced || this.#state === 'stopped') return Promise.resolve()
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  /** Resolves once {@link current}, or stopped. */
  whenCurrent(): Promise<void> {
    if (this.current || this.#state === 'stopped') return Promise.resolve()
    return new Promise((resolve) => this.#waitingForCurrent.push(resolve))
  }

  /** Ends the watch. What the store has stays readable. */
  async stop(): Promise<void> {
    this.#abort.abort(new Error(`stopping the cache of ${this.scope.resource.kind}`))
    await this.#running
    this.#enter('stopped')
  }

  #sink(keepsManagers = false): ReflectorSink {
    const { resource } = this.scope
    return {
      replace: (objects, resourceVersion) => {
        const deltas = this.#store.replace(objects.map((object) => forCache(object, resource, keepsManagers)))
        this.#resourceVersion = resourceVersion
        this.#problem = undefined
        this.#refusedSince = undefined
        this.#enter('synced')
        this.#emit(deltas)
        this.#progress()
        this.#tellCurrent()
      },
      upsert: (object) => this.#emit(this.#store.upsert(forCache(object, resource, keepsManagers))),
      remove: (object) => this.#emit(this.#store.remove(object)),
      progress: (resourceVersion) => {
        this.#resourceVersion = resourceVersion
        this.#problem = undefined
        this.#progress()
      },
      absent: () => {
        if (this.#state !== 'absent')
          this.#log.info('the server does not know this kind; it is looked for from time to time')
        const deltas = this.#store.replace([])
        this.#resourceVersion = undefined
        this.#enter('absent')
        this.#emit(deltas)
        this.#progress()
        this.#tellCurrent()
      },
      problem: (error) => {
        this.#problem = error
        const isRefused = isForbidden(error) || error instanceof OtherClusterError
        this.#refusedSince = isRefused ? (this.#refusedSince ?? this.#clock.monotonic()) : undefined
        this.#tellCurrent()
      },
    }
  }

  #enter(state: InformerState): void {
    this.#state = state
    if (state === 'listing') return
    for (const resolve of this.#waiting.splice(0)) resolve()
    if (state === 'stopped') this.#tellCurrent()
  }

  #tellCurrent(): void {
    if (this.synced || this.#problem !== undefined || this.#state === 'stopped') {
      for (const resolve of this.#waitingForAnswer.splice(0)) resolve()
    }
    if (this.current || this.refused || this.#state === 'stopped') {
      for (const resolve of this.#waitingForKnown.splice(0)) resolve()
    }
    if (!this.current && this.#state !== 'stopped') return
    for (const resolve of this.#waitingForCurrent.splice(0)) resolve()
  }

  #emit(deltas: readonly Delta<T>[]): void {
    for (const delta of deltas) {
      for (const handler of this.#handlers) this.#call(handler, delta)
    }
  }

  #progress(): void {
    for (const handler of this.#progressHandlers) handler()
  }

  #call(handler: (delta: Delta<T>) => void, delta: Delta<T>): void {
    try {
      handler(delta)
    } catch (error) {
      this.#log.error('handling a change failed; other handlers are not affected', { err: error })
    }
  }
}
