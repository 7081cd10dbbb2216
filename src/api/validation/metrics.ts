import { DurationError, parseDuration } from '../../lib/duration.ts'
import { intValue } from '../../lib/int-value.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import type { Metric, MetricProvider } from '../metric.ts'
import { limitsOf } from '../metric-limits.ts'
import { guardFaults } from './metric-guards.ts'

const durationFault = (text: string | undefined, label: string): string[] => {
  if (text === undefined || text === '') return []
  try {
    parseDuration(text)
    return []
  } catch (error) {
    if (error instanceof DurationError) return [`invalid ${label} string: ${error.message}`]
    throw error
  }
}

const limitFaults = (metric: DeepReadonly<Metric>): string[] => {
  const limits = limitsOf(metric)
  const faults: string[] = []
  if (limits.consecutiveSuccess < 0) faults.push('consecutiveSuccessLimit must be >= 0')
  if (limits.failure < -1) faults.push('failureLimit must be >= 0, or -1 to be disabled')
  if (limits.failure === -1 && limits.consecutiveSuccess === 0) {
    faults.push('failureLimit and consecutiveSuccessLimit cannot both be disabled')
  }
  if (limits.inconclusive < 0) faults.push('inconclusiveLimit must be >= 0')
  if (limits.consecutiveError < 0) faults.push('consecutiveErrorLimit must be >= 0')
  return faults
}

const countFaults = (metric: DeepReadonly<Metric>): string[] => {
  const { failure, consecutiveSuccess, inconclusive } = limitsOf(metric)
  const count = intValue(metric.count ?? 0)
  if (count <= 0) return []
  const faults: string[] = []
  if (failure >= 0 && consecutiveSuccess >= 0 && count < failure + consecutiveSuccess) {
    const sum = `failureLimit + consecutiveSuccessLimit (${failure} + ${consecutiveSuccess})`
    faults.push(`count (${count}) must be >= ${sum} if both >= 0`)
  } else if (count < consecutiveSuccess) faults.push('count must be >= consecutiveSuccessLimit')
  if (count < inconclusive) faults.push('count must be >= inconclusiveLimit')
  if (count > 1 && (metric.interval ?? '') === '') faults.push('interval must be specified when count > 1')
  return faults
}

/** Names of the providers that a metric sets; each key of `plugin` counts as one. */
export const providerNamesOf = (provider: DeepReadonly<MetricProvider>): string[] =>
  Object.entries(provider).flatMap(([name, spec]) => {
    if (spec === undefined || spec === null) return []
    return name === 'plugin' ? Object.keys(spec) : [name]
  })

const providerFaults = (provider: DeepReadonly<MetricProvider>): string[] => {
  const { length } = providerNamesOf(provider)
  if (length === 0) return ['no provider specified']
  return length > 1 ? ['multiple providers specified'] : []
}

const metricFaults = (metric: DeepReadonly<Metric>): string[] => [
  ...limitFaults(metric),
  ...countFaults(metric),
  ...durationFault(metric.interval, 'interval'),
  ...durationFault(metric.initialDelay, 'startDelay'),
  ...durationFault(metric.noData?.limit, 'noData.limit'),
  ...durationFault(metric.minimumRequests?.limit, 'minimumRequests.limit'),
  ...providerFaults(metric.provider),
  ...guardFaults(metric),
]

/**
 * Everything that is wrong with the metrics of an analysis, in the words and the order of the published controller, which reports the
 * first. Arguments must have been substituted before. Conditions are not compiled here: a wrong one is an error of each measurement.
 */
export const validateMetrics = (metrics: readonly DeepReadonly<Metric>[]): string[] => {
  if (metrics.length === 0) return ['no metrics specified']
  const seen = new Set<string>()
  return metrics.flatMap((metric, index) => {
    const duplicate = seen.has(metric.name) ? [`duplicate name '${metric.name}'`] : []
    seen.add(metric.name)
    return [...duplicate, ...metricFaults(metric)].map((fault) => `metrics[${index}]: ${fault}`)
  })
}
