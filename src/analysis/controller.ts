import type { AnalysisRun, AnalysisRunStatus } from '../api/analysis-run.ts'
import { analysisRunUidLabel } from '../api/labels.ts'
import { isCompleted } from '../api/phases.ts'
import { analysisRuns } from '../api/resources.ts'
import type { KubeClient } from '../kube/client.ts'
import { Controller, type Outcome } from '../kube/controller.ts'
import { isNotFound } from '../kube/errors.ts'
import type { InvolvedObject } from '../kube/event-object.ts'
import type { EventRecorder } from '../kube/events.ts'
import { LastWrites } from '../kube/expectations.ts'
import type { Delta, StoredObject } from '../kube/informer.ts'
import type { InformerFactory } from '../kube/informer-factory.ts'
import type { Net } from '../kube/net.ts'
import type { QueueMetrics } from '../kube/queue.ts'
import type { Runtime } from '../kube/runtime.ts'
import type { SharedInformer } from '../kube/shared-informer.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { mergeDiff } from '../lib/merge-diff.ts'
import type { ProviderConfig } from '../providers/provider.ts'
import { providerOf, refuseMetric } from '../providers/registry.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { clusterJobs, jobCache } from './cluster-jobs.ts'
import { decide, planUnusableSpec } from './decide.ts'
import { collectGarbage, type MeasureEnvironment, measure } from './measure.ts'
import { Measurer, type Work } from './measurer.ts'
import type { RunEffect, RunPlan } from './plan.ts'
import { analysisRunCache, readRun, type ServedScope } from './run-cache.ts'
import { RunMetrics } from './run-metrics.ts'
import type { Task } from './schedule.ts'
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

/** How long a status waits for the events before it. */
const eventFlushMs = 200

const keyOf = ({ metadata }: DeepReadonly<StoredObject>): string => `${metadata.namespace ?? ''}/${metadata.name}`

const splitKey = (key: string): { namespace: string; name: string } => {
  const slash = key.indexOf('/')
  return { namespace: key.slice(0, slash), name: key.slice(slash + 1) }
}

const involved = ({ metadata }: DeepReadonly<StoredObject>): InvolvedObject => {
  const { namespace, name, uid, resourceVersion } = metadata
  return { apiVersion: 'argoproj.io/v1alpha1', kind: 'AnalysisRun', namespace, name, uid, resourceVersion }
}

/** One pass after another over AnalysisRuns: observe, decide, apply, publish. */
class AnalysisRunReconciler {
  readonly #options: AnalysisControllerOptions
  readonly #runs: SharedInformer<StoredObject>
  readonly #environment: MeasureEnvironment
  readonly #measurer: Measurer
  readonly #lastWrites: LastWrites

  constructor(
    options: AnalysisControllerOptions,
    parts: {
      runs: SharedInformer<StoredObject>
      environment: MeasureEnvironment
      measurer: Measurer
      lastWrites: LastWrites
    },
  ) {
    this.#options = options
    this.#runs = parts.runs
    this.#environment = parts.environment
    this.#measurer = parts.measurer
    this.#lastWrites = parts.lastWrites
  }

  async reconcile(key: string, signal: AbortSignal): Promise<Outcome> {
    const { namespace, name } = splitKey(key)
    const object = this.#runs.store.get(namespace, name)
    if (object === undefined || object.metadata.deletionTimestamp !== undefined) return { type: 'done' }
    const now = this.#options.runtime.clock.now()
    const plan = this.#plan(object, now)
    const taken = [...this.#measurer.arrivals(object.metadata.uid).keys()]
    await this.#apply(object, plan.effects, signal)
    await this.#publish(key, object, plan, signal)
    this.#measurer.consume(object.metadata.uid, taken)
    return plan.wakeAt === undefined ? { type: 'done' } : { type: 'requeueAfter', ms: Math.max(0, plan.wakeAt - now) }
  }

  #plan(object: DeepReadonly<StoredObject>, now: number): RunPlan {
    const read = readRun(object)
    if (!read.ok) {
      if (isCompleted(read.status?.phase)) return { effects: [], status: read.status, events: [] }
      return planUnusableSpec(read.status, read.message, now)
    }
    const { uid } = object.metadata
    return decide({
      run: read.run,
      now,
      inFlight: this.#measurer.inFlight(uid),
      arrivals: this.#measurer.arrivals(uid),
      ready: this.#readyMetrics(read.run),
      refuse: refuseMetric,
    })
  }

  #readyMetrics(run: DeepReadonly<AnalysisRun>): ReadonlySet<string> {
    const ready = new Set<string>()
    for (const { name, measurements } of run.status?.metricResults ?? []) {
      const last = measurements?.at(-1)
      const provider = run.spec.metrics.find((metric) => metric.name === name)?.provider
      if (last === undefined || provider === undefined || isCompleted(last.phase)) continue
      if (providerOf(provider)?.isReady(last, this.#environment.jobs)) ready.add(name)
    }
    return ready
  }

  async #apply(object: DeepReadonly<StoredObject>, effects: readonly RunEffect[], signal: AbortSignal): Promise<void> {
    for (const effect of effects) await this.#execute(object, effect, signal)
  }

  async #execute(object: DeepReadonly<StoredObject>, effect: RunEffect, signal: AbortSignal): Promise<void> {
    const { uid, name, namespace } = object.metadata
    const read = readRun(object)
    switch (effect.type) {
      case 'measure':
        if (!read.ok) return
        this.#measurer.start(uid, effect.task.metric, this.#work(effect.task, read.run))
        return
      case 'abandon':
        if (effect.what === 'everything') this.#measurer.abandon(uid)
        else this.#measurer.abandonPassing(uid)
        return
      case 'collectGarbage':
        if (read.ok) await this.#collectGarbage(read.run, effect)
        return
      case 'deleteRun':
        await this.#options.client
          .delete(analysisRuns, { namespace, name }, { uid, signal })
          .catch((error: unknown) => {
            if (!isNotFound(error)) throw error
          })
        return
      default:
        effect satisfies never
    }
  }

  #work(task: Task, run: DeepReadonly<AnalysisRun>): Work {
    const provider = run.spec.metrics.find(({ name }) => name === task.metric)?.provider
    const lasting = provider !== undefined && providerOf(provider)?.lasting === true
    return { lasting, take: (signal) => measure(task, run, this.#environment, signal) }
  }

  /** What stays behind is deleted with the run: a failure is no reason to hold up the verdict. */
  async #collectGarbage(run: DeepReadonly<AnalysisRun>, effect: RunEffect & { type: 'collectGarbage' }): Promise<void> {
    try {
      await collectGarbage(run, effect.metric, effect.limit, this.#environment)
    } catch (error) {
      const { namespace, name } = run.metadata
      this.#options.runtime.log.warn('removing what old measurements left behind failed', {
        namespace,
        name,
        err: error,
      })
    }
  }

  async #publish(key: string, object: DeepReadonly<StoredObject>, plan: RunPlan, signal: AbortSignal): Promise<void> {
    const { client, events } = this.#options
    for (const event of plan.events) events.record(involved(object), event)
    const status = mergeDiff(object.status, plan.status)
    if (status === undefined) return
    if (plan.events.length > 0) await events.flush({ uid: object.metadata.uid }, eventFlushMs)
    const { namespace, name, resourceVersion } = object.metadata
    const written = await client.mergePatch(analysisRuns, { namespace, name }, { status }, { resourceVersion, signal })
    this.#lastWrites.remember(key, this.#runs, written)
    this.#logPhase(object, plan.status)
  }

  #logPhase(
    { metadata, status: before }: DeepReadonly<StoredObject>,
    after: DeepReadonly<AnalysisRunStatus> | undefined,
  ): void {
    const phase = after?.phase
    if (phase === undefined || (before as { phase?: unknown } | undefined)?.phase === phase) return
    const { namespace, name } = metadata
    this.#options.runtime.log.info('the phase of an AnalysisRun changed', {
      namespace,
      name,
      phase,
      message: after?.message,
    })
  }
}

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
  const reconciler = new AnalysisRunReconciler(options, { runs, environment, measurer, lastWrites })
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
