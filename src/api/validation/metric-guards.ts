import type { DeepReadonly } from '../../lib/json.ts'
import type { Metric, MetricProvider } from '../metric.ts'
import { requestsNeeded } from '../metric-guards.ts'
import type { IntOrString } from '../scalars.ts'

/** Providers that judge by themselves: what they have no values for is a verdict of theirs. */
const judges: ReadonlySet<string> = new Set(['job', 'kayenta'])

/** Providers with one field `query` whose answer is numbers, so that another query can be asked beside it. */
const counters: ReadonlySet<string> = new Set([
  'prometheus',
  'datadog',
  'wavefront',
  'graphite',
  'influxdb',
  'dynatrace',
  'googleCloudMonitoring',
  'loki',
] satisfies (keyof MetricProvider)[])

const noDataFaults = ({ noData }: DeepReadonly<Metric>, provider: string): string[] => {
  if (noData === undefined) return []
  const faults: string[] = []
  if (judges.has(provider)) faults.push(`noData cannot be used with provider ${provider}: its answer is a verdict`)
  if (noData.limit !== undefined && noData.policy !== 'Wait') faults.push('noData.limit needs noData.policy: Wait')
  return faults
}

/** Whether an argument stands where the number will be. */
const isOpen = (count: IntOrString): boolean => typeof count === 'string' && count.includes('{{')

const requestFaults = ({ minimumRequests }: DeepReadonly<Metric>, provider: string): string[] => {
  if (minimumRequests === undefined) return []
  const faults: string[] = []
  if (!counters.has(provider)) {
    faults.push(`minimumRequests cannot be used with provider ${provider}: use one of ${[...counters].join(', ')}`)
  }
  if (!isOpen(minimumRequests.count) && requestsNeeded(minimumRequests) < 1)
    faults.push('minimumRequests.count must be a number above 0')
  if (minimumRequests.query.trim() === '') faults.push('minimumRequests.query must not be empty')
  return faults
}

/** What is wrong with the guards of a metric. */
export const guardFaults = (metric: DeepReadonly<Metric>): string[] => {
  const [provider = ''] = Object.entries(metric.provider).flatMap(([name, spec]) => (spec ? [name] : []))
  return [...noDataFaults(metric, provider), ...requestFaults(metric, provider)]
}
