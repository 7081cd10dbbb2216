import type { AnalysisRun, AnalysisRunStatus, MetricResult } from '../api/analysis-run.ts'
import type { Metric } from '../api/metric.ts'
import { isCompleted } from '../api/phases.ts'
import type { MeasurementRetention } from '../api/rollout-analysis.ts'
import { ArgumentError } from '../api/validation/metric-args.ts'
import { type KnownArgument, queryFaults } from '../api/validation/metric-queries.ts'
import { MetricRuleError, rulesByMetric } from '../api/validation/metric-rules.ts'
import { validateMetrics } from '../api/validation/metrics.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { toRfc3339 } from '../lib/rfc3339.ts'
import { TemplateError } from '../lib/template.ts'
import { knownArguments, metricsWithoutSecrets } from './arguments.ts'
import { isInFlight, lastMeasurement } from './assess-metric.ts'
import { assessRun, isTerminating, type Verdict } from './assess-run.ts'
import type { RunEffect, RunPlan, RunSnapshot } from './plan.ts'
import { type Arrival, recordMeasurement, retentionOf, trimMeasurements } from './record.ts'
import { metricEnded, runEnded } from './run-events.ts'
import { scheduleOf, type Task } from './schedule.ts'
import { deletionTimeOf } from './time-to-live.ts'

/** A spec that can be worked with, or the published message why it cannot. */
type Usable =
  | {
      readonly ok: true
      readonly metrics: readonly DeepReadonly<Metric>[]
      readonly dryRun: ReadonlySet<string>
      readonly retention: ReadonlyMap<string, DeepReadonly<MeasurementRetention>>
    }
  | { readonly ok: false; readonly message: string }

const refusals = (metrics: readonly DeepReadonly<Metric>[], refuse: RunSnapshot['refuse']): string[] =>
  metrics.flatMap((metric, index) => {
    const reason = refuse(metric)
    return reason === undefined ? [] : [`metrics[${index}]: ${reason}`]
  })

/** Told by the first pass only: a run that has measured was found good then, and its queries do not change. */
const queriesRefused = ({ spec, status }: DeepReadonly<AnalysisRun>, known: KnownArgument): string[] =>
  (status?.metricResults ?? []).length > 0
    ? []
    : spec.metrics.flatMap((metric, index) => queryFaults(metric, known).map((fault) => `metrics[${index}]: ${fault}`))

const readSpec = ({ run, refuse }: RunSnapshot): Usable => {
  try {
    const metrics = metricsWithoutSecrets(run)
    const faults = validateMetrics(metrics)
    const args = knownArguments(run)
    const [first] =
      faults.length > 0 ? faults : [...refusals(metrics, refuse), ...queriesRefused(run, (name) => args.get(name))]
    if (first !== undefined) return { ok: false, message: `Analysis spec invalid: ${first}` }
    const dryRun = rulesByMetric(run.spec.dryRun ?? [], metrics, 'dryRun')
    const retention = rulesByMetric(run.spec.measurementRetention ?? [], metrics, 'measurementRetention')
    return { ok: true, metrics, dryRun: new Set(dryRun.keys()), retention }
  } catch (error) {
    if (error instanceof MetricRuleError) return { ok: false, message: `Analysis spec invalid: ${error.message}` }
    if (error instanceof ArgumentError || error instanceof TemplateError) {
      return { ok: false, message: `Unable to resolve metric arguments: ${error.message}` }
    }
    throw error
  }
}

/** A finished run only waits for its deletion. */
const decideFinished = ({ run, now, inFlight }: RunSnapshot): RunPlan => {
  const deletionTime = deletionTimeOf(run)
  const effects: RunEffect[] =
    inFlight.size > 0 ? [{ type: 'abandon', what: 'everything', why: 'the run has ended' }] : []
  if (deletionTime !== undefined && deletionTime <= now)
    effects.push({ type: 'deleteRun', why: 'its time to live is over' })
  const wakeAt = deletionTime !== undefined && deletionTime > now ? deletionTime : undefined
  return { effects, status: run.status, events: [], wakeAt }
}

/** A spec that cannot be worked with ends the run, with an instant of completion, so that its time to live counts. */
export const planUnusableSpec = (
  status: DeepReadonly<AnalysisRunStatus> | undefined,
  message: string,
  now: number,
): RunPlan => ({
  effects: [{ type: 'abandon', what: 'everything', why: message }],
  status: { ...status, phase: 'Error', message, completedAt: toRfc3339(now) },
  events: [runEnded('Error')],
})

/** An answer counts only where the status still has the question: another controller may have written in between. */
const fits = ({ kind }: Arrival, result: DeepReadonly<MetricResult> | undefined): boolean =>
  !isCompleted(result?.phase) && (kind === 'start') !== isInFlight(lastMeasurement(result))

const resultsWithArrivals = (snapshot: RunSnapshot, dryRun: ReadonlySet<string>): DeepReadonly<MetricResult>[] => {
  const results = new Map((snapshot.run.status?.metricResults ?? []).map((result) => [result.name, result]))
  for (const { name } of snapshot.run.spec.metrics) {
    const arrival = snapshot.arrivals.get(name)
    const before = results.get(name)
    if (arrival === undefined || !fits(arrival, before)) continue
    results.set(name, recordMeasurement(name, before, arrival, dryRun.has(name)))
  }
  return [...results.values()]
}

const whyOf = (task: Task): string =>
  task.kind === 'start'
    ? 'a measurement is due'
    : task.kind === 'resume'
      ? 'its provider is to be asked again'
      : 'the run ends early'

/** Metrics whose answer the run waits for. One that is told to end waits only for what it must know to stop it. */
const awaited = ({ run, inFlight }: RunSnapshot): ReadonlySet<string> => {
  const entries = [...inFlight].filter(([, { lasting }]) => lasting || run.spec.terminate !== true)
  return new Set(entries.map(([metric]) => metric))
}

const trim = (
  results: readonly DeepReadonly<MetricResult>[],
  retention: ReadonlyMap<string, DeepReadonly<MeasurementRetention>>,
): { results: DeepReadonly<MetricResult>[]; effects: RunEffect[] } => {
  const effects: RunEffect[] = []
  const trimmed = results.map((result) => {
    const limit = retentionOf(retention.get(result.name)?.limit)
    const after = trimMeasurements(result, limit)
    if (after !== result)
      effects.push({ type: 'collectGarbage', metric: result.name, limit, why: 'old measurements were dropped' })
    return after
  })
  return { results: trimmed, effects }
}

const statusOf = (
  before: DeepReadonly<AnalysisRunStatus> | undefined,
  verdict: Verdict,
  results: readonly DeepReadonly<MetricResult>[],
  now: number,
): DeepReadonly<AnalysisRunStatus> => ({
  phase: verdict.phase,
  ...(verdict.message === '' ? {} : { message: verdict.message }),
  ...(results.length === 0 ? {} : { metricResults: results }),
  startedAt: before?.startedAt ?? toRfc3339(now),
  ...(isCompleted(verdict.phase) ? { completedAt: toRfc3339(now) } : {}),
  runSummary: verdict.runSummary,
  dryRunSummary: verdict.dryRunSummary,
})

/**
 * What an AnalysisRun needs now. Pure. In order: what came back is recorded, what is due is asked for, the metrics and the run are
 * judged, old measurements are dropped. A run ends only when nothing is asked for any more; one that is told to end does not wait for
 * an answer that no provider could be told to stop.
 */
export const decide = (snapshot: RunSnapshot): RunPlan => {
  const { run, now, ready } = snapshot
  if (isCompleted(run.status?.phase)) return decideFinished(snapshot)
  const spec = readSpec(snapshot)
  if (!spec.ok) return planUnusableSpec(run.status, spec.message, now)

  const arrived = resultsWithArrivals(snapshot, spec.dryRun)
  const terminating = isTerminating(run.spec, run.status)
  const waitsFor = awaited(snapshot)
  const abandon: RunEffect[] =
    waitsFor.size < snapshot.inFlight.size ? [{ type: 'abandon', what: 'passing', why: 'the run is told to end' }] : []
  const status = { ...run.status, metricResults: arrived }
  const idle = spec.metrics.filter(({ name }) => !waitsFor.has(name) && !snapshot.arrivals.has(name))
  const { tasks } = scheduleOf({ metrics: idle, status, terminating, now, ready })

  const verdict = assessRun({
    metrics: spec.metrics,
    results: arrived,
    dryRun: spec.dryRun,
    terminate: run.spec.terminate === true,
    terminating,
  })
  const waiting = waitsFor.size > 0 || tasks.length > 0
  const final = waiting && isCompleted(verdict.phase) ? { ...verdict, phase: 'Running', message: '' } : verdict
  const asked = new Set(tasks.map(({ metric }) => metric))
  const trimmed = trim(final.results, spec.retention)
  const next = statusOf(run.status, final, trimmed.results, now)
  const isOver = isCompleted(next.phase)
  const measures = tasks.map((task): RunEffect => ({ type: 'measure', task, why: whyOf(task) }))
  return {
    effects: [...abandon, ...measures, ...trimmed.effects],
    status: next,
    events: [...final.ended.map(metricEnded), ...(isOver ? [runEnded(next.phase)] : [])],
    wakeAt: isOver
      ? deletionTimeOf({ ...run, status: next })
      : wakeTime(
          snapshot,
          spec.metrics.filter(({ name }) => !waitsFor.has(name) && !asked.has(name)),
          next,
        ),
  }
}

/** What is asked for now wakes the run by its answer, and an early end by the status that is written; the clock does the rest. */
const wakeTime = (
  { run, now, ready }: RunSnapshot,
  metrics: readonly DeepReadonly<Metric>[],
  status: DeepReadonly<AnalysisRunStatus>,
): number | undefined => {
  const terminating = isTerminating(run.spec, run.status)
  const { tasks, wakeAt } = scheduleOf({ metrics, status, terminating, now, ready })
  return tasks.length > 0 ? now : wakeAt
}
