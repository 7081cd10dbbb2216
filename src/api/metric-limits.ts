import { intValue } from '../lib/int-value.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { consecutiveErrorLimitOf } from './defaults.ts'
import type { Metric } from './metric.ts'

/** The counters' limits of a metric as numbers. */
export interface MetricLimits {
  /** Failed measurements that are allowed; -1 for any number. */
  readonly failure: number
  /** Inconclusive measurements that are allowed. */
  readonly inconclusive: number
  /** Errors in a row that are allowed. */
  readonly consecutiveError: number
  /** Successes in a row that end the metric; 0 when it is not used. */
  readonly consecutiveSuccess: number
}

/** Limits of a metric with their defaults. Text that is no number counts as 0, as in the published controller. */
export const limitsOf = (metric: DeepReadonly<Metric>): MetricLimits => ({
  failure: intValue(metric.failureLimit ?? 0),
  inconclusive: intValue(metric.inconclusiveLimit ?? 0),
  consecutiveError: intValue(consecutiveErrorLimitOf(metric)),
  consecutiveSuccess: intValue(metric.consecutiveSuccessLimit ?? 0),
})

/** How many measurements a metric takes; undefined for one that runs until its analysis ends. */
export const effectiveCount = (metric: DeepReadonly<Metric>): number | undefined => {
  const count = intValue(metric.count ?? 0)
  if (count !== 0) return count
  return metric.interval === undefined || metric.interval === '' ? 1 : undefined
}
