import { z } from 'zod'
import { assessMetric, exceededLimit } from '../../../src/analysis/assess-metric.ts'
import { assessRun, isTerminating } from '../../../src/analysis/assess-run.ts'
import type { AnalysisRun, MetricResult } from '../../../src/api/analysis-run.ts'
import type { Metric } from '../../../src/api/metric.ts'
import { effectiveCount } from '../../../src/api/metric-limits.ts'
import { rulesByMetric } from '../../../src/api/validation/metric-rules.ts'
import type { JsonObject } from '../../../src/lib/json.ts'
import { compareAnswers, runCases, type Suite } from '../suite.ts'

const metric = z.custom<Metric>()
const result = z.custom<MetricResult>()
const summary = z.record(z.string(), z.number())

const metricCases = z.object({
  metricAssessment: z.array(
    z.object({
      id: z.string(),
      metric,
      metricResult: result,
      terminating: z.boolean(),
      assessMetricStatus: z.string(),
      failureInconclusiveOrErrorPhase: z.string(),
      failureInconclusiveOrErrorMessage: z.string(),
      effectiveCount: z.number().nullable(),
    }),
  ),
})

/** Phase, exceeded limit and number of measurements of one metric. */
export const metricAssessmentSuite: Suite = {
  name: 'assessment of metrics',
  file: 'analysis.json',
  run: (oracle: JsonObject) =>
    runCases(
      metricCases.parse(oracle).metricAssessment,
      (one) => {
        const exceeded = exceededLimit(one.metric, one.metricResult)
        return compareAnswers(
          [
            one.assessMetricStatus,
            one.failureInconclusiveOrErrorPhase,
            one.failureInconclusiveOrErrorMessage,
            one.effectiveCount,
          ],
          [
            assessMetric(one.metric, one.metricResult, one.terminating),
            exceeded?.phase ?? '',
            exceeded?.reason ?? '',
            effectiveCount(one.metric) ?? null,
          ],
        )
      },
      new Map(),
    ),
}

const runCase = z.object({
  id: z.string(),
  spec: z.custom<AnalysisRun['spec']>(),
  status: z.object({ metricResults: z.array(result).nullish() }),
  phase: z.string(),
  message: z.string(),
  metricResultsAfter: z
    .array(z.object({ name: z.string(), phase: z.string(), message: z.string().optional() }))
    .nullish(),
  runSummary: summary.nullish(),
  dryRunSummary: summary.nullish(),
  events: z.array(z.string()).nullish(),
  dryRunError: z.string().optional(),
})

const withoutZeros = (counts: object | null | undefined): unknown =>
  Object.fromEntries(
    Object.entries(counts ?? {})
      .filter(([, count]) => count !== 0)
      .sort(),
  )

const shown = ({ name, phase, message }: { name: string; phase: string; message?: string | undefined }) => ({
  name,
  phase,
  message: message ?? '',
})

const assess = (one: z.infer<typeof runCase>): unknown => {
  const { metrics, dryRun = [], terminate = false } = one.spec
  const results = one.status.metricResults ?? []
  try {
    const dryRunMetrics = new Set(rulesByMetric(dryRun, metrics, 'dryRun').keys())
    const terminating = isTerminating(one.spec, { metricResults: results })
    const verdict = assessRun({ metrics, results, dryRun: dryRunMetrics, terminate, terminating })
    return {
      phase: verdict.phase,
      message: verdict.message,
      results: verdict.results.map(shown),
      runSummary: withoutZeros(verdict.runSummary),
      dryRunSummary: withoutZeros(verdict.dryRunSummary),
      events: verdict.ended.map(({ phase }) => `Metric${phase}`),
    }
  } catch (error) {
    return { error: error instanceof Error ? error.message : error }
  }
}

/** Phase, message, summaries and events of a whole run. */
export const runAssessmentSuite: Suite = {
  name: 'assessment of runs',
  file: 'analysis.json',
  run: (oracle: JsonObject) =>
    runCases(
      z.object({ runAssessment: z.array(runCase) }).parse(oracle).runAssessment,
      (one) =>
        compareAnswers(
          one.dryRunError === undefined
            ? {
                phase: one.phase,
                message: one.message,
                results: (one.metricResultsAfter ?? []).map(shown),
                runSummary: withoutZeros(one.runSummary),
                dryRunSummary: withoutZeros(one.dryRunSummary),
                events: one.events ?? [],
              }
            : { error: one.dryRunError },
          assess(one),
        ),
      new Map(),
    ),
}
