import type { MetricResult } from '../../api/analysis-run.ts'
import type { Metric } from '../../api/metric.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import type { AnalysisRunInfo, RolloutInfo } from '../../server/dashboard/messages.ts'
import { type ChartData, chartData } from './measurements.ts'
import { type Threshold, thresholdsOf, withArguments } from './thresholds.ts'

/** A metric of an AnalysisRun: how it is judged, and what was measured. */
export interface MetricView {
  readonly name: string
  readonly phase: string
  readonly message: string
  readonly isDryRun: boolean
  /** Names and texts: conditions, limits, queries; those that are not set are absent. */
  readonly criteria: readonly (readonly [name: string, text: string])[]
  readonly thresholds: readonly Threshold[]
  readonly chart?: ChartData
  readonly measurements: NonNullable<DeepReadonly<MetricResult>['measurements']>
}

/** Finds an AnalysisRun of a Rollout, or of one of its Experiments. */
export const runNamed = (info: RolloutInfo | undefined, name: string): AnalysisRunInfo | undefined =>
  [...(info?.analysisRuns ?? []), ...(info?.experiments ?? []).flatMap(({ analysisRuns = [] }) => analysisRuns)].find(
    ({ objectMeta }) => objectMeta.name === name,
  )

/** What a provider is asked, under the names that providers have for it. */
const questionsOf = (provider: DeepReadonly<Metric>['provider'] | undefined): string[] => {
  const spec = Object.values(provider ?? {})[0]
  if (typeof spec !== 'object' || spec === null) return []
  const fields: Readonly<Record<string, unknown>> = { ...spec }
  return ['query', 'queries', 'metricDataQueries', 'formula', 'url', 'search', 'program'].flatMap((field) => {
    const value = fields[field]
    if (value === undefined) return []
    return [typeof value === 'string' ? value : JSON.stringify(value, undefined, 2)]
  })
}

const criteriaOf = (
  metric: DeepReadonly<Metric> | undefined,
  result: DeepReadonly<MetricResult> | undefined,
  fill: (text: string) => string,
): MetricView['criteria'] => {
  const lines: (readonly [string, string | number | undefined])[] = [
    ['Success if', metric?.successCondition],
    ['Failure if', metric?.failureCondition],
    ['Interval', metric?.interval],
    ['Count', metric?.count],
    ['Failure limit', metric?.failureLimit],
    ['Inconclusive limit', metric?.inconclusiveLimit],
    ['Error limit in a row', metric?.consecutiveErrorLimit],
    ['Success limit in a row', metric?.consecutiveSuccessLimit],
    ['Provider', Object.keys(metric?.provider ?? {})[0]],
    ...questionsOf(metric?.provider).map((question) => ['Query', question] as const),
    ...Object.entries(result?.metadata ?? {}),
  ]
  return lines.flatMap(([name, text]) => (text === undefined || text === '' ? [] : [[name, fill(String(text))]]))
}

const metricView = (run: AnalysisRunInfo, name: string): MetricView => {
  const { spec, status } = run.specAndStatus
  const metric = (spec.metrics ?? []).find((one) => one.name === name)
  const result = (status.metricResults ?? []).find((one) => one.name === name)
  const fill = (text: string): string => withArguments(text, spec.args ?? [])
  const thresholds = [
    ...thresholdsOf(fill(metric?.successCondition ?? ''), 'success'),
    ...thresholdsOf(fill(metric?.failureCondition ?? ''), 'failure'),
  ]
  const measurements = result?.measurements ?? []
  const chart = chartData(
    measurements,
    thresholds.flatMap(({ key }) => key ?? []),
  )
  return {
    name,
    phase: result?.phase ?? 'Pending',
    message: result?.message ?? '',
    isDryRun: result?.dryRun ?? false,
    criteria: criteriaOf(metric, result, fill),
    thresholds,
    ...(chart && { chart }),
    measurements,
  }
}

/** The metrics of an AnalysisRun in the order of its spec, measured or not. */
export const metricViews = (run: AnalysisRunInfo): MetricView[] => {
  const { spec, status } = run.specAndStatus
  const names = [...(spec.metrics ?? []), ...(status.metricResults ?? [])].map(({ name }) => name)
  return [...new Set(names)].map((name) => metricView(run, name))
}
