import type { AnalysisRun, AnalysisRunStatus } from '../api/analysis-run.ts'
import { isCompleted } from '../api/phases.ts'
import { analysisRuns } from '../api/resources.ts'
import type { KubeClient } from '../kube/client.ts'
import type { Outcome } from '../kube/controller.ts'
import { isNotFound } from '../kube/errors.ts'
import type { InvolvedObject } from '../kube/event-object.ts'
import type { EventRecorder } from '../kube/events.ts'
import type { LastWrites } from '../kube/expectations.ts'
import type { StoredObject } from '../kube/informer.ts'
import { nameOfKey } from '../kube/object-key.ts'
import type { Runtime } from '../kube/runtime.ts'
import type { SharedInformer } from '../kube/shared-informer.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { mergeDiff } from '../lib/merge-diff.ts'
import { providerOf, refuseMetric } from '../providers/registry.ts'
import { decide, planUnusableSpec } from './decide.ts'
import { collectGarbage, type MeasureEnvironment, measure } from './measure.ts'
import type { Measurer, Work } from './measurer.ts'
import type { RunEffect, RunPlan } from './plan.ts'
import { readRun } from './run-cache.ts'
import type { Task } from './schedule.ts'

/** What a pass over an AnalysisRun uses. */
export interface ReconcilerParts {
  readonly client: Pick<KubeClient, 'delete' | 'get' | 'mergePatch'>
  readonly events: Pick<EventRecorder, 'record' | 'flush'>
  readonly runtime: Runtime
  readonly runs: SharedInformer<StoredObject>
  readonly environment: MeasureEnvironment
  readonly measurer: Measurer
  readonly lastWrites: LastWrites
}

/** How long a status waits for the events before it. */
const eventFlushMs = 200

const involved = ({ metadata }: DeepReadonly<StoredObject>): InvolvedObject => {
  const { namespace, name, uid, resourceVersion } = metadata
  return { apiVersion: 'argoproj.io/v1alpha1', kind: 'AnalysisRun', namespace, name, uid, resourceVersion }
}

/** One pass after another over AnalysisRuns: observe, decide, apply, publish. */
export class AnalysisRunReconciler {
  readonly #parts: ReconcilerParts

  constructor(parts: ReconcilerParts) {
    this.#parts = parts
  }

  /** `key` is `<namespace>/<name>`. Throws what the API server's client throws; results of measurements are kept until they are written. */
  async reconcile(key: string, signal: AbortSignal): Promise<Outcome> {
    const { namespace, name } = nameOfKey(key)
    const object = this.#parts.runs.store.get(namespace, name)
    if (object === undefined || object.metadata.deletionTimestamp !== undefined) return { type: 'done' }
    const now = this.#parts.runtime.clock.now()
    const plan = this.#plan(object, now)
    const taken = [...this.#parts.measurer.arrivals(object.metadata.uid).keys()]
    await this.#apply(object, plan.effects, signal)
    await this.#publish(key, object, plan, signal)
    this.#parts.measurer.consume(object.metadata.uid, taken)
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
      inFlight: this.#parts.measurer.inFlight(uid),
      arrivals: this.#parts.measurer.arrivals(uid),
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
      if (providerOf(provider)?.isReady(last, this.#parts.environment.jobs)) ready.add(name)
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
        this.#parts.measurer.start(uid, effect.task.metric, this.#work(effect.task, read.run))
        return
      case 'abandon':
        if (effect.what === 'everything') this.#parts.measurer.abandon(uid)
        else this.#parts.measurer.abandonPassing(uid)
        return
      case 'collectGarbage':
        if (read.ok) await this.#collectGarbage(read.run, effect)
        return
      case 'deleteRun':
        await this.#parts.client.delete(analysisRuns, { namespace, name }, { uid, signal }).catch((error: unknown) => {
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
    return { lasting, take: (signal) => measure(task, run, this.#parts.environment, signal) }
  }

  /** What stays behind is deleted with the run: a failure is no reason to hold up the verdict. */
  async #collectGarbage(run: DeepReadonly<AnalysisRun>, effect: RunEffect & { type: 'collectGarbage' }): Promise<void> {
    try {
      await collectGarbage(run, effect.metric, effect.limit, this.#parts.environment)
    } catch (error) {
      const { namespace = '', name } = run.metadata
      this.#parts.runtime.log.warn('removing what old measurements left behind failed', {
        analysisRun: `${namespace}/${name}`,
        err: error,
      })
    }
  }

  async #publish(key: string, object: DeepReadonly<StoredObject>, plan: RunPlan, signal: AbortSignal): Promise<void> {
    const { client, events, lastWrites, runs } = this.#parts
    for (const event of plan.events) events.record(involved(object), event)
    const status = mergeDiff(object.status, plan.status)
    if (status === undefined) return
    if (plan.events.length > 0) await events.flush({ uid: object.metadata.uid }, eventFlushMs)
    const { namespace, name, resourceVersion } = object.metadata
    const write = client.mergePatch(analysisRuns, { namespace, name }, { status }, { resourceVersion, signal })
    await lastWrites.follow(key, runs, object, write, () => client.get(analysisRuns, { namespace, name }, { signal }))
    this.#logPhase(object, plan.status)
  }

  #logPhase(
    { metadata, status: before }: DeepReadonly<StoredObject>,
    after: DeepReadonly<AnalysisRunStatus> | undefined,
  ): void {
    const phase = after?.phase
    if (phase === undefined || (before as { phase?: unknown } | undefined)?.phase === phase) return
    const { namespace = '', name } = metadata
    this.#parts.runtime.log.info('the phase of an AnalysisRun changed', {
      analysisRun: `${namespace}/${name}`,
      phase,
      previous: (before as { phase?: unknown } | undefined)?.phase,
      message: after?.message,
    })
  }
}
