import { analysisRunUidLabel } from '../api/labels.ts'
import type { KubeClient } from '../kube/client.ts'
import { Controller } from '../kube/controller.ts'
import type { EventRecorder } from '../kube/events.ts'
import { LastWrites } from '../kube/expectations.ts'
import type { Delta, StoredObject } from '../kube/informer.ts'
import type { InformerFactory } from '../kube/informer-factory.ts'
import type { Net } from '../kube/net.ts'
import type { QueueMetrics } from '../kube/queue.ts'
import type { Runtime } from '../kube/runtime.ts'
import type { DeepReadonly } from '../lib/json.ts'
import type { ProviderConfig } from '../providers/provider.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { clusterJobs, jobCache } from './cluster-jobs.ts'
import type { MeasureEnvironment } from './measure.ts'
import { Measurer } from './measurer.ts'
import { AnalysisRunReconciler } from './reconciler.ts'
import { analysisRunCache, type ServedScope } from './run-cache.ts'
import { RunMetrics } from './run-metrics.ts'
import { secretReader } from './secret-reader.ts'

/** What the controller is made of. */
export interface AnalysisControllerOptions {
  readonly informers: InformerFactory
  readonly client: KubeClient
  readonly events: EventRecorder
  readonly runtime: Runtime
  readonly net: Net
  readonly metrics: Metrics
  readonly queueMetrics?: QueueMetrics
  readonly scope: ServedScope
  readonly providers: ProviderConfig
  /** AnalysisRuns that are looked at at a time. Default 30. */
  readonly workers?: number
  /** Measurements that are taken at a time. Default 30. */
  readonly measurements?: number
}

/** The AnalysisRun controller. */
export interface AnalysisController {
  /** Starts the work; the caches must be synced. */
  start(): void
  /** Ends within `deadlineMs`, dropping measurements that are under way. */
  stop(deadlineMs: number): Promise<void>
  /** Ends at once: the leadership is lost. */
  abort(reason: Error): Promise<void>
  /** Whether no run is queued or in work; measurements that are under way do not count. */
  readonly idle: boolean
}

const keyOf = ({ metadata }: DeepReadonly<StoredObject>): string => `${metadata.namespace ?? ''}/${metadata.name}`

/** Wires the AnalysisRun controller. Its caches come from `informers`, which the caller starts and waits for. */
export const createAnalysisController = (options: AnalysisControllerOptions): AnalysisController => {
  const { informers, client, runtime, net, scope, metrics } = options
  const runs = informers.informer(analysisRunCache(scope))
  const jobs = informers.informer(jobCache(scope.namespace))
  const environment: MeasureEnvironment = {
    net,
    clock: runtime.clock,
    jobs: clusterJobs(jobs, client),
    config: options.providers,
    readSecretKey: secretReader(client),
  }
  const keysByUid = new Map<string, string>()
  const measurer = new Measurer((uid) => {
    const key = keysByUid.get(uid)
    if (key !== undefined) controller.queue.add(key)
  }, options.measurements)
  const lastWrites = new LastWrites(runtime.clock)
  const runMetrics = new RunMetrics(metrics, runs.store)
  const reconciler = new AnalysisRunReconciler({
    client,
    events: options.events,
    runtime,
    runs,
    environment,
    measurer,
    lastWrites,
  })
  const controller = new Controller({
    name: 'analysis',
    workers: options.workers ?? 30,
    runtime,
    lastWrites,
    metrics: runMetrics,
    ...(options.queueMetrics && { queueMetrics: options.queueMetrics }),
    reconcile: (key, signal) => reconciler.reconcile(key, signal),
  })

  runs.onChange((delta: Delta<StoredObject>) => {
    const key = keyOf(delta.object)
    const { uid } = delta.object.metadata
    if (delta.type === 'deleted') {
      keysByUid.delete(uid)
      measurer.abandon(uid)
      lastWrites.forget(key)
      runMetrics.forget(key)
      return
    }
    keysByUid.set(uid, key)
    controller.queue.add(key)
  })
  jobs.onChange(({ object }) => {
    const uid = object.metadata.labels?.[analysisRunUidLabel]
    const key = uid === undefined ? undefined : keysByUid.get(uid)
    if (key !== undefined) controller.queue.add(key)
  })

  return {
    start: () => controller.start(),
    stop: async (deadlineMs) => {
      measurer.stop()
      await controller.stop(deadlineMs)
    },
    abort: async (reason) => {
      measurer.stop()
      await controller.abort(reason)
    },
    get idle() {
      return controller.queue.depth === 0 && controller.queue.processing === 0
    },
  }
}
