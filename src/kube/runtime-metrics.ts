import type { Counter, Gauge, Histogram, Metrics } from '../telemetry/metrics.ts'
import { type ControllerMetrics, type ReconcileResult, reconcileResults } from './controller.ts'
import type { QueueMetrics } from './queue.ts'

/** 1 ms to 1000 s in steps of ten: the buckets of client-go without those below what a clock of milliseconds can tell apart. */
const queueBuckets = [0.001, 0.01, 0.1, 1, 10, 100, 1000]
const reconcileBuckets = [0.001, 0.005, 0.025, 0.1, 0.5, 1, 5, 30]

/** Metrics of every queue and controller, told apart by the label `name` or `controller`. */
export class RuntimeMetrics {
  readonly #depth: Gauge<'name'>
  readonly #adds: Counter<'name'>
  readonly #retries: Counter<'name'>
  readonly #waited: Histogram<'name'>
  readonly #worked: Histogram<'name'>
  readonly #results: Counter<'controller' | 'result'>
  readonly #seconds: Histogram<'controller'>

  constructor(metrics: Metrics) {
    const byName = { labels: ['name'] } as const
    this.#depth = metrics.gauge({ ...byName, name: 'workqueue_depth', help: 'Keys that wait for a worker.' })
    this.#adds = metrics.counter({ ...byName, name: 'workqueue_adds_total', help: 'Keys that were queued.' })
    this.#retries = metrics.counter({
      ...byName,
      name: 'workqueue_retries_total',
      help: 'Keys queued again after a failure.',
    })
    this.#waited = metrics.histogram({
      ...byName,
      name: 'workqueue_queue_duration_seconds',
      help: 'How long keys waited for a worker.',
      buckets: queueBuckets,
    })
    this.#worked = metrics.histogram({
      ...byName,
      name: 'workqueue_work_duration_seconds',
      help: 'How long workers were busy with a key.',
      buckets: queueBuckets,
    })
    this.#results = metrics.counter({
      name: 'crossfade_reconcile_total',
      help: 'Reconciles by outcome.',
      labels: ['controller', 'result'],
    })
    this.#seconds = metrics.histogram({
      name: 'crossfade_reconcile_duration_seconds',
      help: 'How long reconciles took.',
      labels: ['controller'],
      buckets: reconcileBuckets,
    })
  }

  /** The hooks of one queue. Its series start at zero at once, so that a rate over the first failure is seen. */
  queue(name: string): QueueMetrics {
    const labels = { name }
    this.#depth.set(labels, 0)
    this.#adds.inc(labels, 0)
    this.#retries.inc(labels, 0)
    return {
      depth: (keys) => this.#depth.set(labels, keys),
      added: () => this.#adds.inc(labels),
      retried: () => this.#retries.inc(labels),
      waited: (seconds) => this.#waited.observe(labels, seconds),
      worked: (seconds) => this.#worked.observe(labels, seconds),
    }
  }

  /**
   * The hooks of one controller, with a series at zero for each outcome.
   * @param onReconciled what else wants to know, such as the metrics of one kind by namespace and name
   */
  controller(
    controller: string,
    onReconciled?: (result: ReconcileResult, key: string, seconds: number) => void,
  ): ControllerMetrics {
    for (const result of reconcileResults) this.#results.inc({ controller, result }, 0)
    return {
      reconciled: (result, key, seconds) => {
        this.#results.inc({ controller, result })
        this.#seconds.observe({ controller }, seconds)
        onReconciled?.(result, key, seconds)
      },
    }
  }
}
