import type { InformerFactoryOptions } from '../../kube/informer-factory.ts'
import type { Timer } from '../../lib/clock.ts'
import { grpcCodes, RequestError } from './api-error.ts'
import { NamespaceFeed } from './namespace-feed.ts'

/** How long the caches of a namespace are kept that nobody looks at: a page that is loaded again finds them. */
const idleMs = 60_000
/** How many namespaces are looked at at once. Each has its watches, and keeps its pods in memory. */
const mostNamespaces = 20
/** How long an answer waits for the caches to be filled; they go on meanwhile. */
const syncLimitMs = 15_000
/** Between two looks at whether they are. */
const syncCheckMs = 20

interface Pooled {
  readonly feed: NamespaceFeed
  users: number
  idle: Timer | undefined
}

/** The namespaces that are looked at: one set of caches each, for all viewers, which ends some time after the last has left. */
export class FeedPool {
  readonly #options: InformerFactoryOptions
  readonly #pooled = new Map<string, Pooled>()

  constructor(options: InformerFactoryOptions) {
    this.#options = options
  }

  /**
   * Does something with what is known of a namespace, and waits until that is known.
   * @throws KubeError when the server refuses a list, RequestError when there is no answer in time
   */
  async use<T>(namespace: string, signal: AbortSignal, work: (feed: NamespaceFeed) => T | Promise<T>): Promise<T> {
    const pooled = this.#pooled.get(namespace) ?? this.#open(namespace)
    pooled.users++
    pooled.idle?.cancel()
    try {
      await this.#untilSynced(pooled.feed, signal)
      return await work(pooled.feed)
    } finally {
      pooled.users--
      if (pooled.users === 0) this.#rest(namespace, pooled)
    }
  }

  /** Ends everything that is followed, and every watch. */
  async close(): Promise<void> {
    const all = [...this.#pooled.values()]
    this.#pooled.clear()
    await Promise.all(
      all.map(({ feed, idle }) => {
        idle?.cancel()
        return feed.close()
      }),
    )
  }

  #open(namespace: string): Pooled {
    if (this.#pooled.size >= mostNamespaces) this.#makeRoom()
    const pooled: Pooled = { feed: new NamespaceFeed(namespace, this.#options), users: 0, idle: undefined }
    this.#pooled.set(namespace, pooled)
    return pooled
  }

  #makeRoom(): void {
    const idle = [...this.#pooled].find(([, { users }]) => users === 0)
    if (idle === undefined) {
      const text = `${mostNamespaces} namespaces are looked at already: close a tab of another one`
      throw new RequestError(429, grpcCodes.resourceExhausted, text)
    }
    this.#drop(...idle)
  }

  /** Caches that the server refuses to fill are asked for anew by whoever comes next: rights may be granted meanwhile. */
  #rest(namespace: string, pooled: Pooled): void {
    if (this.#pooled.get(namespace) !== pooled) return
    if (!pooled.feed.caches.synced && pooled.feed.caches.refusal) this.#drop(namespace, pooled)
    else pooled.idle = this.#options.runtime.clock.setTimer(idleMs, () => this.#drop(namespace, pooled))
  }

  #drop(namespace: string, pooled: Pooled): void {
    pooled.idle?.cancel()
    if (this.#pooled.get(namespace) === pooled) this.#pooled.delete(namespace)
    void pooled.feed.close()
  }

  async #untilSynced({ caches }: NamespaceFeed, signal: AbortSignal): Promise<void> {
    const { clock } = this.#options.runtime
    const limit = clock.monotonic() + syncLimitMs
    while (!caches.synced) {
      if (caches.refusal) throw caches.refusal
      if (clock.monotonic() >= limit) {
        const { problem } = caches
        const why = problem instanceof Error ? problem.message : 'there is no answer yet'
        throw new RequestError(503, grpcCodes.unavailable, `reading the namespace ${caches.namespace}: ${why}`)
      }
      await clock.sleep(syncCheckMs, signal)
    }
  }
}
