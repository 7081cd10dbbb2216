import type { StoredObject } from './informer.ts'
import { pathOf } from './resource.ts'
import type { Runtime } from './runtime.ts'
import { type InformerDefinition, type InformerScope, SharedInformer } from './shared-informer.ts'
import type { Transport } from './transport.ts'

/** Settings of an {@link InformerFactory}. */
export interface InformerFactoryOptions {
  readonly transport: Transport
  readonly runtime: Runtime
  /** Freeze cached objects: for tests. */
  readonly freeze?: boolean
}

/** Thrown when caches did not sync in time; the message names each and what stood in its way. */
export class CacheSyncError extends Error {
  override readonly name = 'CacheSyncError'
}

/** A view for readers that want the raw JSON. */
export const rawView = (object: StoredObject): StoredObject => object

const keyOf = (scope: InformerScope): string =>
  [pathOf(scope.resource, { namespace: scope.namespace }), scope.labelSelector ?? '', scope.fieldSelector ?? ''].join(
    '?',
  )

const problemText = (problem: unknown): string =>
  problem === undefined ? 'no answer yet' : problem instanceof Error ? problem.message : String(problem)

/** Shared caches: one watch for each resource, namespace and selector, however many readers it has. */
export class InformerFactory {
  readonly #options: InformerFactoryOptions
  readonly #informers = new Map<string, SharedInformer<unknown>>()
  #started = false

  constructor(options: InformerFactoryOptions) {
    this.#options = options
  }

  /**
   * The cache of a scope. The first definition of a scope decides its view, so all of one scope must name the same; the
   * indexes of all are joined. After {@link start} a new cache starts by itself: wait for its `whenSynced`.
   */
  informer<T>(definition: InformerDefinition<T>): SharedInformer<T> {
    const key = keyOf(definition)
    // Sound as long as one scope has one view: the map cannot say so, its only writer is below.
    const known = this.#informers.get(key) as SharedInformer<T> | undefined
    if (known !== undefined) {
      for (const [name, valuesOf] of Object.entries(definition.indexes ?? {})) known.addIndex(name, valuesOf)
      return known
    }
    const { transport, runtime, freeze } = this.#options
    const informer = new SharedInformer(definition, transport, runtime, freeze)
    this.#informers.set(key, informer as SharedInformer<unknown>)
    if (this.#started) informer.start()
    return informer
  }

  /** All caches, for health checks and metrics. */
  get all(): readonly SharedInformer<unknown>[] {
    return [...this.#informers.values()]
  }

  /** Starts every cache, and from now on each new one. */
  start(): void {
    this.#started = true
    for (const informer of this.all) informer.start()
  }

  /**
   * Resolves when every cache is synced (an absent kind counts as synced).
   * @throws CacheSyncError after `timeoutMs`
   */
  async waitForSync(timeoutMs: number): Promise<void> {
    const { clock } = this.#options.runtime
    let timer = { cancel: (): void => {} }
    const expired = new Promise<'expired'>((resolve) => {
      timer = clock.setTimer(timeoutMs, () => resolve('expired'))
    })
    const synced = Promise.all(this.all.map((informer) => informer.whenSynced()))
    const winner = await Promise.race([synced, expired])
    timer.cancel()
    if (winner === 'expired') throw new CacheSyncError(this.#describeUnsynced(timeoutMs))
  }

  /** Ends every watch. */
  async stop(): Promise<void> {
    await Promise.all(this.all.map((informer) => informer.stop()))
  }

  #describeUnsynced(timeoutMs: number): string {
    const unsynced = this.all.filter((informer) => !informer.synced)
    const lines = unsynced.map(({ scope, problem }) => `${scope.resource.plural}: ${problemText(problem)}`)
    return `filling the caches took longer than ${timeoutMs} ms: ${lines.join('; ')}. Check that the API server answers and that the controller may list and watch these.`
  }
}
