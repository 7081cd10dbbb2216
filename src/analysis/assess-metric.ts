import type { Measurement, MetricResult } from '../api/analysis-run.ts'
import type { Metric } from '../api/metric.ts'
import { effectiveCount, limitsOf } from '../api/metric-limits.ts'
import { type AnalysisPhase, isCompleted } from '../api/phases.ts'
import type { DeepReadonly } from '../lib/json.ts'

/** A limit that a metric has exceeded: the phase it leads to, and the published words for it. */
export interface ExceededLimit {
  readonly phase: AnalysisPhase
  readonly reason: string
}

/** The newest measurement of a metric, finished or not. */
export const lastMeasurement = (
  result: DeepReadonly<MetricResult> | undefined,
): DeepReadonly<Measurement> | undefined => result?.measurements?.at(-1)

/** Whether a measurement still waits for its provider. */
export const isInFlight = (measurement: DeepReadonly<Measurement> | undefined): boolean =>
  measurement !== undefined && !isCompleted(measurement.phase)

/**
 * The limit that decides against a metric, if any. They are looked at in the order failures, inconclusive ones, errors, and the last one
 * that is exceeded wins, as in the published controller.
 */
export const exceededLimit = (
  metric: DeepReadonly<Metric>,
  result: DeepReadonly<MetricResult>,
): ExceededLimit | undefined => {
  const limits = limitsOf(metric)
  const { failed = 0, inconclusive = 0, consecutiveError = 0 } = result
  if (consecutiveError > limits.consecutiveError) {
    const reason = `consecutiveErrors (${consecutiveError}) > consecutiveErrorLimit (${limits.consecutiveError})`
    return { phase: 'Error', reason }
  }
  if (inconclusive > limits.inconclusive) {
    return {
      phase: 'Inconclusive',
      reason: `inconclusive (${inconclusive}) > inconclusiveLimit (${limits.inconclusive})`,
    }
  }
  if (limits.failure >= 0 && failed > limits.failure) {
    return { phase: 'Failed', reason: `failed (${failed}) > failureLimit (${limits.failure})` }
  }
  return undefined
}

/** The phase of a metric that has all its measurements and exceeded no limit. */
const phaseAtFullCount = (metric: DeepReadonly<Metric>): AnalysisPhase => {
  const limits = limitsOf(metric)
  if (limits.consecutiveSuccess <= 0) return 'Successful'
  return limits.failure >= 0 ? 'Inconclusive' : 'Failed'
}

/** The phase of a metric from its counters. One that has ended stays as it is. */
export const assessMetric = (
  metric: DeepReadonly<Metric>,
  result: DeepReadonly<MetricResult>,
  terminating: boolean,
): string => {
  if (isCompleted(result.phase)) return result.phase
  const last = lastMeasurement(result)
  if (last === undefined) return terminating ? 'Successful' : 'Pending'
  if (isInFlight(last)) return 'Running'
  const exceeded = exceededLimit(metric, result)
  if (exceeded !== undefined) return exceeded.phase
  const { consecutiveSuccess: wanted } = limitsOf(metric)
  if (wanted > 0 && (result.consecutiveSuccess ?? 0) >= wanted) return 'Successful'
  const count = effectiveCount(metric)
  if (count !== undefined && (result.count ?? 0) >= count) return phaseAtFullCount(metric)
  return terminating ? 'Successful' : 'Running'
}
