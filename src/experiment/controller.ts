import type { ServedScope } from '../analysis/run-cache.ts'
import type { KubeClient } from '../kube/client.ts'
import { Controller } from '../kube/controller.ts'
import type { EventRecorder } from '../kube/events.ts'
import { LastWrites } from '../kube/expectations.ts'
import type { InformerFactory } from '../kube/informer-factory.ts'
import type { QueueMetrics } from '../kube/queue.ts'
import type { Runtime } from '../kube/runtime.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { ExperimentCaches } from './caches.ts'
import { ExperimentMetrics } from './metrics.ts'
import { ExperimentReconciler } from './reconciler.ts'
import { experimentKey, watchCaches } from './watch-caches.ts'

/** What the controller is made of. */
export interface ExperimentControllerOptions {
  readonly informers: InformerFactory
  readonly client: KubeClient
  readonly events: EventRecorder
  readonly runtime: Runtime
  readonly metrics: Metrics
  readonly queueMetrics?: QueueMetrics
  readonly scope: ServedScope
  /** Experiments that are worked on at a time. Default 10. */
  readonly workers?: number
}

/** The Experiment controller. */
export interface ExperimentController {
  /** Starts the work; the caches must be synced. */
  start(): void
  /** Ends when what is queued is done, within `deadlineMs`. */
  stop(deadlineMs: number): Promise<void>
  /** Ends at once: the leadership is lost. */
  abort(reason: Error): Promise<void>
  /** Whether nothing is queued or in work. Delayed passes do not count. */
  readonly idle: boolean
}

/** Wires the Experiment controller. Its caches come from `informers`, which the caller starts and waits for. */
export const createExperimentController = (options: ExperimentControllerOptions): ExperimentController => {
  const { informers, client, events, runtime, scope } = options
  const caches = new ExperimentCaches(informers, scope)
  const lastWrites = new LastWrites(runtime.clock)
  const metrics = new ExperimentMetrics(options.metrics, caches.experiments.store)
  const { instanceId } = scope
  const enqueue = (key: string): void => controller.queue.add(key)
  const reconciler = new ExperimentReconciler({ client, events, runtime, caches, lastWrites, instanceId, enqueue })
  const controller = new Controller({
    name: 'experiment',
    workers: options.workers ?? 10,
    runtime,
    lastWrites,
    metrics,
    ...(options.queueMetrics && { queueMetrics: options.queueMetrics }),
    reconcile: (key, signal) => reconciler.reconcile(key, signal),
  })
  watchCaches(caches, enqueue, (object) => {
    const key = experimentKey(object)
    lastWrites.forget(key)
    metrics.forget(key)
  })
  return {
    start: () => controller.start(),
    stop: (deadlineMs) => controller.stop(deadlineMs),
    abort: (reason) => controller.abort(reason),
    get idle() {
      return controller.idle
    },
  }
}
