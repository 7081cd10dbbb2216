import type { Logger } from '../telemetry/logger.ts'
import { isConflict, KubeError } from './errors.ts'
import type { LastWrites } from './expectations.ts'
import { type QueueMetrics, WorkQueue } from './queue.ts'
import type { Runtime } from './runtime.ts'

/** What a reconcile wants next. */
export type Outcome =
  /** Nothing, until something changes. */
  | { readonly type: 'done' }
  /** To be called again after `ms`, or earlier when something changes. */
  | { readonly type: 'requeueAfter'; readonly ms: number }
  /** To be called again soon, with the backoff of failures: what it saw was outdated. */
  | { readonly type: 'requeue' }

/** How a reconcile ended, for metrics. */
export type ReconcileResult = Outcome['type'] | 'error'

/** Every {@link ReconcileResult}, so that counters can start at zero. */
export const reconcileResults: readonly ReconcileResult[] = ['done', 'requeueAfter', 'requeue', 'error']

/** What a controller tells about its work. */
export interface ControllerMetrics {
  reconciled(result: ReconcileResult, key: string, seconds: number): void
}

/** Settings of a {@link Controller}. */
export interface ControllerOptions {
  /** For logs, such as `rollout`. */
  readonly name: string
  /** How many keys are worked on at a time. */
  readonly workers: number
  /** Brings one object a step closer to what it should be. A conflict may be thrown like any error: it counts as `requeue`. */
  readonly reconcile: (key: string, signal: AbortSignal) => Promise<Outcome>
  readonly runtime: Runtime
  /** Postpones a key until the caches have what its last pass wrote. */
  readonly lastWrites?: LastWrites
  readonly metrics?: ControllerMetrics
  readonly queueMetrics?: QueueMetrics
}

/** Work without a pause longer than this would keep the event loop from sockets, timers and health checks. */
const longestTurnMs = 10

/** Keys in, reconciles out: a queue, its workers, and one place that says what each outcome means for the queue. */
export class Controller {
  readonly queue: WorkQueue
  readonly #options: ControllerOptions
  readonly #log: Logger
  readonly #abort = new AbortController()
  readonly #workers: Promise<void>[] = []
  #turnBegan = 0

  constructor(options: ControllerOptions) {
    this.#options = options
    this.#log = options.runtime.log.child({ controller: options.name })
    this.queue = new WorkQueue({
      clock: options.runtime.clock,
      ...(options.queueMetrics && { metrics: options.queueMetrics }),
    })
  }

  /** Starts the workers. Call it once the caches are synced: keys may be added before. */
  start(): void {
    for (let count = this.#workers.length; count < this.#options.workers; count++) this.#workers.push(this.#work())
  }

  /**
   * Lets the workers finish what is queued; after `deadlineMs` the reconciles' signal aborts and what waits is dropped.
   * Resolves when the last worker has ended.
   */
  async stop(deadlineMs: number): Promise<void> {
    const timer = this.#options.runtime.clock.setTimer(deadlineMs, () =>
      this.#abort.abort(
        new Error(`stopping the ${this.#options.name} controller: its deadline of ${deadlineMs} ms is over`),
      ),
    )
    await this.queue.shutDown(this.#abort.signal)
    await Promise.all(this.#workers)
    timer.cancel()
  }

  /** Ends everything at once: the leadership is lost, so no further write may be begun. */
  async abort(reason: Error): Promise<void> {
    this.#abort.abort(reason)
    await this.queue.shutDown(this.#abort.signal)
    await Promise.all(this.#workers)
  }

  /** Whether nothing is queued or in work. Delayed keys do not count. */
  get idle(): boolean {
    return this.queue.depth === 0 && this.queue.processing === 0
  }

  async #work(): Promise<void> {
    for (let key = await this.queue.next(); key !== undefined; key = await this.queue.next()) {
      await this.#yieldIfDue()
      // Whatever is wrong with one key, its worker goes on with the others.
      await this.#process(key).catch((error) => this.#log.error('working on a key failed', { key, err: error }))
    }
  }

  /** Reconciles without I/O are chains of promises, which starve the event loop; the workers share one allowance. */
  async #yieldIfDue(): Promise<void> {
    const { clock, yieldToLoop } = this.#options.runtime
    if (clock.monotonic() - this.#turnBegan < longestTurnMs) return
    await yieldToLoop()
    this.#turnBegan = clock.monotonic()
  }

  async #process(key: string): Promise<void> {
    try {
      if (this.#options.lastWrites?.postpone(key, () => this.queue.add(key))) return
      await this.#reconcile(key)
    } finally {
      this.queue.done(key)
    }
  }

  async #reconcile(key: string): Promise<void> {
    const began = this.#options.runtime.clock.monotonic()
    let result: ReconcileResult
    try {
      result = this.#conclude(key, await this.#options.reconcile(key, this.#abort.signal))
    } catch (error) {
      result = this.#fail(key, error)
    }
    this.#options.metrics?.reconciled(result, key, (this.#options.runtime.clock.monotonic() - began) / 1000)
  }

  #conclude(key: string, outcome: Outcome): ReconcileResult {
    switch (outcome.type) {
      case 'done':
        this.queue.forget(key)
        break
      case 'requeueAfter':
        this.queue.forget(key)
        this.queue.addAfter(key, outcome.ms)
        break
      case 'requeue':
        this.queue.addRateLimited(key)
        break
      default:
        outcome satisfies never
    }
    return outcome.type
  }

  #fail(key: string, error: unknown): ReconcileResult {
    if (this.#abort.signal.aborted) return 'error'
    this.queue.addRateLimited(key, error instanceof KubeError ? error.retryAfterMs : undefined)
    if (isConflict(error)) {
      this.#log.debug('reconciling again: the object changed meanwhile', { key })
      return 'requeue'
    }
    this.#log.error('reconciling failed; it will be tried again', {
      key,
      err: error,
      failures: this.queue.failures(key),
    })
    return 'error'
  }
}
