import type { Counter, Gauge, Histogram, Metrics } from '../telemetry/metrics.ts'
import type { QueueMetrics } from './queue.ts'

/** 1 ms to 1000 s in steps of ten: the buckets of client-go without those below what a clock of milliseconds can tell apart. */
const queueBuckets = [0.001, 0.01, 0.1, 1, 10, 100, 1000]

/** A gauge with a value for each queue, which is computed when it is read. */
class QueueGauge {
  readonly #queues = new Map<string, () => number>()

  constructor(metrics: Metrics, definition: { readonly name: string; readonly help: string }) {
    const queues = this.#queues
    metrics.observed({ ...definition, labels: ['name'] }, function* () {
      for (const [name, read] of queues) yield { labels: { name }, value: read() }
    })
  }

  add(name: string, read: () => number): void {
    this.#queues.set(name, read)
  }
}

/** Metrics of every work queue, told apart by the label `name`; names and meanings are those of client-go's queues. */
export class WorkQueueMetrics {
  readonly #depth: Gauge<'name'>
  readonly #adds: Counter<'name'>
  readonly #retries: Counter<'name'>
  readonly #waited: Histogram<'name'>
  readonly #worked: Histogram<'name'>
  readonly #unfinished: QueueGauge
  readonly #longest: QueueGauge

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
    this.#unfinished = new QueueGauge(metrics, {
      name: 'workqueue_unfinished_work_seconds',
      help: 'How long workers have been busy with what is not done, in total: a large value means that some hang.',
    })
    this.#longest = new QueueGauge(metrics, {
      name: 'workqueue_longest_running_processor_seconds',
      help: 'How long the slowest worker has been busy with its key.',
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
      running: (busy) => {
        this.#unfinished.add(name, () => busy().reduce((sum, seconds) => sum + seconds, 0))
        this.#longest.add(name, () => Math.max(0, ...busy()))
      },
    }
  }
}
