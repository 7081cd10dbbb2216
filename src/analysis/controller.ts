import type { Job } from '../api/kubernetes/workloads.ts'
import { analysisRunUidLabel } from '../api/labels.ts'
import type { KubeClient } from '../kube/client.ts'
import { Controller } from '../kube/controller.ts'
import type { EventRecorder } from '../kube/events.ts'
import { LastWrites } from '../kube/expectations.ts'
import type { StoredObject } from '../kube/informer.ts'
import type { InformerFactory } from '../kube/informer-factory.ts'
import type { Net } from '../kube/net.ts'
import type { QueueMetrics } from '../kube/queue.ts'
import type { Runtime } from '../kube/runtime.ts'
import type { SharedInformer } from '../kube/shared-informer.ts'
import type { DeepReadonly } from '../lib/json.ts'
import type { PluginCaller } from '../plugins/plugins.ts'
import type { ProviderConfig } from '../providers/provider.ts'
import type { Surroundings } from '../providers/surroundings.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { clusterJobs, jobCache } from './cluster-jobs.ts'
import type { MeasureEnvironment } from './measure.ts'
import { Measurer } from './measurer.ts'
import { AnalysisRunReconciler } from './reconciler.ts'
import { analysisRunCache, type ServedScope } from './run-cache.ts'
import { RunMetrics } from './run-metrics.ts'
import { secretReader } from './secret-reader.ts'
import { templateCaches } from './template-caches.ts'
import { defineTemplateMetrics } from './template-metrics.ts'
import { TemplateReview } from './template-review.ts'

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
  readonly plugins: Pick<PluginCaller, 'call'>
  readonly surroundings: Surroundings
  /** The cluster in which the Jobs of metrics run, when it is another one. Its caches are the caller's to start. */
  readonly jobCluster?: Pick<AnalysisControllerOptions, 'informers' | 'client'>
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

/** Which run, by its uid, is served under which key. */
class RunKeys {
  readonly #byUid = new Map<string, string>()
  readonly #enqueue: (key: string) => void

  constructor(enqueue: (key: string) => void) {
    this.#enqueue = enqueue
  }

  /** Queues a run if it is there. */
  enqueue(uid: string | undefined): void {
    const key = uid === undefined ? undefined : this.#byUid.get(uid)
    if (key !== undefined) this.#enqueue(key)
  }

  add(uid: string, key: string): void {
    this.#byUid.set(uid, key)
    this.#enqueue(key)
  }

  remove(uid: string): void {
    this.#byUid.delete(uid)
  }
}

const environmentOf = (
  { net, runtime, client, providers, plugins, surroundings, jobCluster }: AnalysisControllerOptions,
  jobs: SharedInformer<Job>,
): MeasureEnvironment => ({
  net,
  clock: runtime.clock,
  jobs: clusterJobs(jobs, jobCluster?.client ?? client),
  config: { ...providers, jobsElsewhere: jobCluster !== undefined },
  plugins,
  surroundings,
  readSecret: secretReader(client),
})

/** Wires the AnalysisRun controller. Its caches come from `informers`, which the caller starts and waits for. */
export const createAnalysisController = (options: AnalysisControllerOptions): AnalysisController => {
  const { informers, client, events, runtime, scope, metrics, providers } = options
  const runs = informers.informer(analysisRunCache(scope))
  const jobs = (options.jobCluster?.informers ?? informers).informer(
    jobCache(providers.jobNamespace ?? scope.namespace),
  )
  const keys = new RunKeys((key) => controller.queue.add(key))
  const measurer = new Measurer((uid) => keys.enqueue(uid), options.measurements)
  const lastWrites = new LastWrites(runtime.clock)
  const runMetrics = new RunMetrics(metrics, runs.store)
  const templates = templateCaches(informers, scope)
  defineTemplateMetrics(metrics, templates)
  const review = new TemplateReview(templates, events)
  const environment = environmentOf(options, jobs)
  const reconciler = new AnalysisRunReconciler({ client, events, runtime, runs, environment, measurer, lastWrites })
  const controller = new Controller({
    name: 'analysis',
    workers: options.workers ?? 30,
    runtime,
    lastWrites,
    metrics: runMetrics,
    ...(options.queueMetrics && { queueMetrics: options.queueMetrics }),
    reconcile: (key, signal) => reconciler.reconcile(key, signal),
  })

  runs.onChange(({ type, object }) => {
    const key = keyOf(object)
    const { uid } = object.metadata
    if (type !== 'deleted') {
      keys.add(uid, key)
      return
    }
    keys.remove(uid)
    measurer.abandon(uid)
    lastWrites.forget(key)
    runMetrics.forget(key)
  })
  jobs.onChange(({ object }) => keys.enqueue(object.metadata.labels?.[analysisRunUidLabel]))

  return {
    start: () => {
      controller.start()
      review.start()
    },
    stop: async (deadlineMs) => {
      measurer.stop()
      await controller.stop(deadlineMs)
    },
    abort: async (reason) => {
      measurer.stop()
      await controller.abort(reason)
    },
    get idle() {
      return controller.idle
    },
  }
}
