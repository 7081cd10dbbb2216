import type { DatadogMetric } from '../../api/providers/datadog.ts'
import { DurationError, parseDuration } from '../../lib/duration.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { ProviderError } from '../provider-error.ts'
import { intervalMs } from '../settings.ts'

type Spec = DeepReadonly<DatadogMetric>

const isNotPositive = (text: string): boolean => {
  try {
    return parseDuration(text) <= 0n
  } catch (error) {
    if (error instanceof DurationError) return false
    throw error
  }
}

const review = 'Please review the Analysis Template.'

/** What a schema cannot say of fields that exclude or need each other; path below `provider.datadog`, and the published words. */
const rules: readonly (readonly [path: string, message: string, isBroken: (spec: Spec, names: number) => boolean])[] = [
  ['query', `Must have either a query or queries. ${review}`, ({ query }, names) => !query && names === 0],
  ['queries', `Cannot have both a query and queries. ${review}`, ({ query }, names) => Boolean(query) && names > 0],
  [
    'query',
    'Query is empty. API Version v1 only supports using the query parameter in your Analysis Template.',
    ({ apiVersion, query }) => apiVersion !== 'v2' && !query,
  ],
  [
    'formula',
    `Formula are only valid when queries are set. ${review}`,
    ({ formula }, names) => Boolean(formula) && names === 0,
  ],
  [
    'formula',
    'When multiple queries are provided you must include a formula.',
    ({ formula }, names) => !formula && names > 1,
  ],
  [
    'aggregator',
    `Aggregator is not supported in v1. ${review}`,
    ({ apiVersion, aggregator }) => apiVersion !== 'v2' && Boolean(aggregator),
  ],
  [
    'requestTimeout',
    `Request timeout must be a positive duration (e.g. 30s). ${review}`,
    ({ requestTimeout }) => Boolean(requestTimeout) && isNotPositive(requestTimeout ?? ''),
  ],
]

/** How far back a query looks and how long it may take, in milliseconds. */
export interface DatadogTimes {
  readonly intervalMs: number
  readonly timeoutMs: number
}

/** Checks a metric and reads its durations. Throws {@link ProviderError} with the path of the field that is wrong. */
export const checkDatadog = (spec: Spec): DatadogTimes => {
  const names = Object.keys(spec.queries ?? {}).length
  const broken = rules.find(([, , isBroken]) => isBroken(spec, names))
  if (broken !== undefined) throw new ProviderError(`provider.datadog.${broken[0]}: ${broken[1]}`)
  return {
    intervalMs: intervalMs(spec.interval, '5m', 'provider.datadog.interval'),
    timeoutMs: intervalMs(spec.requestTimeout, '10s', 'provider.datadog.requestTimeout'),
  }
}
