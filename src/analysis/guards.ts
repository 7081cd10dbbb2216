import type { Measurement } from '../api/analysis-run.ts'
import { errorRetrySeconds } from '../api/defaults.ts'
import type { Metric, MetricProvider } from '../api/metric.ts'
import { defaultWaitLimit, type MinimumRequests, requestsNeeded } from '../api/metric-guards.ts'
import { durationMs } from '../lib/duration.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { toRfc3339 } from '../lib/rfc3339.ts'
import type { Outcome } from '../providers/provider.ts'

/** What a measurement notes while it waits for something that is worth measuring. */
const waitingFor = 'waitingFor'

/** Since when a measurement has been tried, and what time it is: milliseconds since the epoch. */
export interface Waiting {
  readonly since: number
  readonly now: number
}

/** Whether a measurement under way is only waiting: it is begun anew then, since no provider knows it. */
export const isWaiting = ({ metadata }: DeepReadonly<Measurement>): boolean => metadata?.[waitingFor] !== undefined

/** No verdict yet, and an inconclusive one when the limit has passed. */
const wait = (
  what: 'data' | 'requests',
  reason: string,
  limit: string | undefined,
  { since, now }: Waiting,
): Outcome => {
  const text = limit === undefined || limit === '' ? defaultWaitLimit : limit
  const end = since + durationMs(text)
  if (now >= end) return { phase: 'Inconclusive', message: `no verdict after ${text}: ${reason}` }
  return {
    phase: 'Running',
    message: `no verdict yet: ${reason}; asked again until ${toRfc3339(end)}`,
    resumeAt: toRfc3339(Math.min(end, now + errorRetrySeconds * 1000)),
    metadata: { [waitingFor]: what },
  }
}

/** What an outcome without values is by the policy of its metric. Others stay as they are. */
export const withNoDataPolicy = (
  { noData }: DeepReadonly<Pick<Metric, 'noData'>>,
  outcome: Outcome,
  waiting: Waiting,
): Outcome => {
  if (noData === undefined || outcome.noData !== true) return outcome
  const reason = outcome.message ?? 'the metric provider returned no data'
  if (noData.policy === 'Wait') return wait('data', reason, noData.limit, waiting)
  return noData.policy === 'Inconclusive' ? { ...outcome, phase: 'Inconclusive' } : outcome
}

/** The metric that counts the requests for another one: the same provider, asked another query, and nothing to judge. */
export const countingMetric = (
  { name, provider }: DeepReadonly<Metric>,
  { query }: DeepReadonly<MinimumRequests>,
): DeepReadonly<Metric> => {
  const asked = Object.entries(provider).map(([key, spec]) => [key, spec && { ...spec, query }])
  return { name, provider: Object.fromEntries(asked) as MetricProvider }
}

const numbers = /[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?/g

/** All numbers in the value of a measurement added up; NaN and infinities count as nothing. */
const sumOf = (value: string): number => [...value.matchAll(numbers)].reduce((sum, [text]) => sum + Number(text), 0)

/** What a count of requests means for the measurement that waits for them: undefined when there are enough. */
export const withoutEnoughRequests = (
  minimum: DeepReadonly<MinimumRequests>,
  counted: Outcome,
  waiting: Waiting,
): Outcome | undefined => {
  if (counted.phase === 'Error' && counted.noData !== true) {
    return { phase: 'Error', message: `counting the requests of minimumRequests: ${counted.message ?? ''}` }
  }
  const [count, needed] = [sumOf(counted.value ?? ''), requestsNeeded(minimum)]
  if (count >= needed) return undefined
  return wait('requests', `${count} of at least ${needed} requests`, minimum.limit, waiting)
}
