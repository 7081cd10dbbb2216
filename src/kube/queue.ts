import type { Clock, Timer } from '../lib/clock.ts'
import { Fifo } from '../lib/fifo.ts'
import { KeyedHeap } from '../lib/keyed-heap.ts'

/** What a queue tells about itself. Times are in seconds, as the metrics of client-go's queues are. */
export interface QueueMetrics {
  depth(keys: number): void
  added(): void
  retried(): void
  /** How long a key waited before a worker took it. */
  waited(seconds: number): void
  /** How long a worker was busy with a key. */
  worked(seconds: number): void
  /** Told once how to ask for how long each worker has been busy with the key it has. */
  running(busy: () => readonly number[]): void
}

/** Settings of a {@link WorkQueue}. */
export interface WorkQueueOptions {
  readonly clock: Clock
  /** First delay of {@link WorkQueue.addRateLimited} in milliseconds. Default 1 ms, as in the published controller. */
  readonly baseDelayMs?: number
  /** Largest such delay. Default 10 s, as in the published controller. */
  readonly maxDelayMs?: number
  readonly metrics?: QueueMetrics
}

/**
 * Keys to work on, with the semantics of client-go's work queue: a key is in the queue once however often it is added, is
 * never given to two workers at a time, and if it is added while being worked on it comes again when that is done. Keys
 * leave in the order of their coming. A delayed key waits on one timer shared by all; the earliest wish wins, so an
 * immediate `add` also fulfils a pending delay.
 */
export class WorkQueue {
  readonly #clock: Clock
  readonly #baseDelayMs: number
  readonly #maxDelayMs: number
  readonly #metrics: QueueMetrics | undefined
  readonly #ready = new Fifo<string>()
  /** Keys that are waiting for a worker, or wait for their worker to be done; with the time of their first add. */
  readonly #dirty = new Map<string, number>()
  /** Keys with a worker, and when it began. */
  readonly #processing = new Map<string, number>()
  readonly #delayed = new KeyedHeap<string>()
  readonly #failures = new Map<string, number>()
  readonly #idleWorkers = new Fifo<(key: string | undefined) => void>()
  #timer: { readonly due: number; readonly timer: Timer } | undefined
  #shuttingDown = false
  #onDrained: (() => void)[] = []

  constructor(options: WorkQueueOptions) {
    this.#clock = options.clock
    this.#baseDelayMs = options.baseDelayMs ?? 1
    this.#maxDelayMs = options.maxDelayMs ?? 10_000
    this.#metrics = options.metrics
    this.#metrics?.running(() => {
      const now = this.#clock.monotonic()
      return [...this.#processing.values()].map((began) => (now - began) / 1000)
    })
  }

  /** Keys that wait for a worker now; delayed ones do not count. */
  get depth(): number {
    return this.#ready.size
  }

  /** Keys whose time has not come. */
  get delayed(): number {
    return this.#delayed.size
  }

  /** Keys that a worker has. */
  get processing(): number {
    return this.#processing.size
  }

  /** Queues the key, unless it is queued. Ignored after {@link shutDown}. */
  add(key: string): void {
    if (this.#shuttingDown) return
    if (this.#delayed.delete(key)) this.#armTimer()
    if (this.#dirty.has(key)) return
    this.#dirty.set(key, this.#clock.monotonic())
    this.#metrics?.added()
    if (!this.#processing.has(key)) this.#enqueue(key)
  }

  /** Queues the key in `delayMs`, unless it is to come sooner anyway. */
  addAfter(key: string, delayMs: number): void {
    if (this.#shuttingDown || this.#dirty.has(key)) return
    if (!(delayMs > 0)) {
      this.add(key)
      return
    }
    const due = this.#clock.monotonic() + delayMs
    const earlier = this.#delayed.priorityOf(key)
    if (earlier !== undefined && earlier <= due) return
    this.#delayed.set(key, due)
    this.#armTimer()
  }

  /** Queues the key after a delay that doubles with every call until {@link forget}; at least `atLeastMs`. */
  addRateLimited(key: string, atLeastMs = 0): void {
    const failures = this.#failures.get(key) ?? 0
    this.#failures.set(key, failures + 1)
    this.#metrics?.retried()
    this.addAfter(key, Math.max(atLeastMs, Math.min(this.#baseDelayMs * 2 ** failures, this.#maxDelayMs)))
  }

  /** Ends a series of failures. */
  forget(key: string): void {
    this.#failures.delete(key)
  }

  /** How often the key was rate limited since it was last forgotten. */
  failures(key: string): number {
    return this.#failures.get(key) ?? 0
  }

  /** The next key; waits for one. `undefined` once the queue is shut down and empty. Each key must be given back by {@link done}. */
  async next(): Promise<string | undefined> {
    const key = this.#ready.take()
    if (key !== undefined) return this.#begin(key)
    if (this.#shuttingDown) return undefined
    return new Promise((resolve) => this.#idleWorkers.push(resolve))
  }

  /** Ends the work on a key; when it was added meanwhile, it is queued again. */
  done(key: string): void {
    const began = this.#processing.get(key)
    if (began === undefined) return
    this.#processing.delete(key)
    this.#metrics?.worked((this.#clock.monotonic() - began) / 1000)
    if (this.#dirty.has(key)) this.#enqueue(key)
    else this.#settleDrain()
  }

  /**
   * Takes nothing new and drops what is delayed; keys that wait are still handed out. Resolves when none is left and every
   * worker is done, or as soon as `signal` aborts, which also drops the waiting ones.
   */
  async shutDown(signal?: AbortSignal): Promise<void> {
    this.#shuttingDown = true
    this.#delayed.clear()
    this.#armTimer()
    for (let worker = this.#idleWorkers.take(); worker; worker = this.#idleWorkers.take()) worker(undefined)
    const drained = new Promise<void>((resolve) => this.#onDrained.push(resolve))
    const drop = (): void => this.#dropAll()
    if (signal?.aborted) drop()
    else signal?.addEventListener('abort', drop, { once: true })
    this.#settleDrain()
    await drained
    signal?.removeEventListener('abort', drop)
  }

  #dropAll(): void {
    while (this.#ready.take() !== undefined);
    this.#dirty.clear()
    this.#resolveDrained()
  }

  #settleDrain(): void {
    if (this.#shuttingDown && this.#ready.size === 0 && this.#processing.size === 0) this.#resolveDrained()
  }

  #resolveDrained(): void {
    for (const resolve of this.#onDrained.splice(0)) resolve()
  }

  #enqueue(key: string): void {
    const worker = this.#idleWorkers.take()
    if (worker) worker(this.#begin(key))
    else this.#ready.push(key)
    this.#metrics?.depth(this.#ready.size)
  }

  #begin(key: string): string {
    const now = this.#clock.monotonic()
    const added = this.#dirty.get(key) ?? now
    this.#dirty.delete(key)
    this.#processing.set(key, now)
    this.#metrics?.depth(this.#ready.size)
    this.#metrics?.waited((now - added) / 1000)
    return key
  }

  #armTimer(): void {
    const due = this.#delayed.peek()?.priority
    if (due === this.#timer?.due) return
    this.#timer?.timer.cancel()
    this.#timer =
      due === undefined
        ? undefined
        : { due, timer: this.#clock.setTimer(due - this.#clock.monotonic(), () => this.#releaseDue()) }
  }

  #releaseDue(): void {
    this.#timer = undefined
    // Node's timers may fire a fraction of a millisecond early: what is not due by the clock waits for another turn, since a
    // reconcile just before its time would only ask to be called again.
    const now = this.#clock.monotonic()
    for (let next = this.#delayed.peek(); next && next.priority <= now; next = this.#delayed.peek()) {
      this.#delayed.delete(next.key)
      this.add(next.key)
    }
    this.#armTimer()
  }
}
