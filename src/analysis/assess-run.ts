import type { AnalysisRun, AnalysisRunStatus, MetricResult, RunSummary } from '../api/analysis-run.ts'
import type { Metric } from '../api/metric.ts'
import { type AnalysisPhase, isCompleted, runTerminated, worsePhase } from '../api/phases.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { assessMetric, exceededLimit, lastMeasurement } from './assess-metric.ts'

/** What a verdict is made of. */
export interface Evidence {
  readonly metrics: readonly DeepReadonly<Metric>[]
  readonly results: readonly DeepReadonly<MetricResult>[]
  /** Names of the metrics that decide nothing. */
  readonly dryRun: ReadonlySet<string>
  /** Whether the run is told to end, by its spec. */
  readonly terminate: boolean
  /** Whether it ends early for any reason: see {@link isTerminating}. */
  readonly terminating: boolean
}

/** A verdict on a run, and what changed on the way to it. */
export interface Verdict {
  readonly phase: string
  readonly message: string
  readonly results: readonly DeepReadonly<MetricResult>[]
  readonly runSummary: RunSummary
  readonly dryRunSummary: RunSummary
  /** Results of the metrics that ended with this assessment. */
  readonly ended: readonly DeepReadonly<MetricResult>[]
}

const endsRun: ReadonlySet<string> = new Set<AnalysisPhase>(['Failed', 'Error', 'Inconclusive'])

/** Whether a run is to end early: it is told to, or one of the metrics that decide has ended badly. */
export const isTerminating = (
  spec: DeepReadonly<Pick<AnalysisRun['spec'], 'terminate'>>,
  status: DeepReadonly<Pick<AnalysisRunStatus, 'metricResults'>> | undefined,
): boolean =>
  spec.terminate === true || (status?.metricResults ?? []).some((result) => !result.dryRun && endsRun.has(result.phase))

type Counted = 'successful' | 'failed' | 'inconclusive' | 'error'

/** A metric that ended without exceeding a limit counts as successful, whatever its phase: the published count. */
const countedAs = (phase: AnalysisPhase | undefined): Counted => {
  if (phase === 'Failed') return 'failed'
  if (phase === 'Error') return 'error'
  return phase === 'Inconclusive' ? 'inconclusive' : 'successful'
}

const addTo = (summary: RunSummary, key: keyof RunSummary): void => {
  summary[key] = (summary[key] ?? 0) + 1
}

/** A result with its phase brought up to date. When it changes, the message is that of the newest measurement. */
const reassess = (
  metric: DeepReadonly<Metric>,
  result: DeepReadonly<MetricResult>,
  terminating: boolean,
): DeepReadonly<MetricResult> => {
  const phase = assessMetric(metric, result, terminating)
  const { message: known, ...rest } = result
  const message = phase === result.phase ? known : lastMeasurement(result)?.message
  return { ...rest, phase, ...(message ? { message } : {}) }
}

/** The worst that was seen so far, and the words for it. */
interface Worst {
  readonly phase: string | undefined
  readonly message: string
}

const worseOf = (worst: Worst, metric: DeepReadonly<Metric>, result: DeepReadonly<MetricResult>): Worst => {
  const phase = result.phase as AnalysisPhase
  const known = worst.phase as AnalysisPhase | undefined
  if (known !== undefined && (known === phase || worsePhase(known, phase) === known)) return worst
  const exceeded = exceededLimit(metric, result)
  if (exceeded === undefined) return { phase, message: worst.message }
  const cause = result.message === undefined ? '' : `: "Error Message: ${result.message}"`
  return { phase, message: `Metric "${metric.name}" assessed ${phase} due to ${exceeded.reason}${cause}` }
}

/** What assessing all metrics gathers. */
interface Tally {
  worst: Worst
  unfinished: boolean
  readonly runSummary: RunSummary
  readonly dryRunSummary: RunSummary
}

/** Adds one metric to the tally; returns its result as it is to be stored. */
const tallyMetric = (
  tally: Tally,
  metric: DeepReadonly<Metric>,
  result: DeepReadonly<MetricResult>,
  isDryRun: boolean,
): DeepReadonly<MetricResult> => {
  if (!isCompleted(result.phase)) {
    tally.unfinished = true
    return result
  }
  const exceeded = exceededLimit(metric, result)
  addTo(isDryRun ? tally.dryRunSummary : tally.runSummary, countedAs(exceeded?.phase))
  if (isDryRun) {
    if (exceeded === undefined) return result
    return { ...result, message: `Metric assessed ${result.phase} due to ${exceeded.reason}` }
  }
  tally.worst = worseOf(tally.worst, metric, result)
  return result
}

const phaseOf = ({ worst, unfinished }: Tally, terminating: boolean): { phase: string; message: string } => {
  if (unfinished && !terminating) return { phase: 'Running', message: '' }
  // Nothing has spoken against it: all metrics are dry runs, or it was told to end before the first measurement.
  return { phase: worst.phase ?? 'Successful', message: worst.message }
}

/** Judges a run by its metrics' results. Pure; messages are the published ones. */
export const assessRun = (evidence: Evidence): Verdict => {
  const { metrics, dryRun, terminating } = evidence
  const byName = new Map(evidence.results.map((result) => [result.name, result]))
  const tally: Tally = {
    worst: { phase: undefined, message: evidence.terminate ? runTerminated : '' },
    unfinished: false,
    runSummary: {},
    dryRunSummary: {},
  }
  const ended: DeepReadonly<MetricResult>[] = []
  for (const metric of metrics) {
    const isDryRun = dryRun.has(metric.name)
    addTo(isDryRun ? tally.dryRunSummary : tally.runSummary, 'count')
    const before = byName.get(metric.name)
    if (before === undefined) {
      tally.unfinished = true
      continue
    }
    const after = tallyMetric(tally, metric, reassess(metric, before, terminating), isDryRun)
    byName.set(metric.name, after)
    if (isCompleted(after.phase) && !isCompleted(before.phase)) ended.push(after)
  }
  const { runSummary, dryRunSummary } = tally
  return { ...phaseOf(tally, terminating), results: [...byName.values()], runSummary, dryRunSummary, ended }
}
