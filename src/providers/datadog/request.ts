import type { DatadogMetric } from '../../api/providers/datadog.ts'
import type { NetRequest } from '../../kube/net.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { addressBelow } from '../http-answer.ts'
import type { DatadogAccount } from './credentials.ts'
import type { DatadogTimes } from './rules.ts'

type Spec = DeepReadonly<DatadogMetric>

/** The time that a query covers, in seconds since the epoch. */
interface Span {
  readonly from: number
  readonly to: number
}

const scalarBody = ({ query, queries, formula, aggregator }: Spec, { from, to }: Span) => ({
  data: {
    type: 'scalar_request',
    attributes: {
      from: from * 1000,
      to: to * 1000,
      queries: Object.entries(query ? { query } : { ...queries }).map(([name, text]) => ({
        aggregator: aggregator || 'last',
        data_source: 'metrics',
        name,
        query: text,
      })),
      formulas: formula ? [{ formula }] : [],
    },
  },
})

/**
 * The request for a metric: v1 asks for a series ("Query timeseries points"), v2 for one number per group ("Query scalar data across
 * multiple products"). `nowMs` is the end of the time that it covers.
 */
export const datadogRequest = (
  spec: Spec,
  { address, apiKey, appKey }: DatadogAccount,
  { intervalMs, timeoutMs }: DatadogTimes,
  nowMs: number,
): Omit<NetRequest, 'signal'> => {
  const to = Math.floor(nowMs / 1000)
  const span = { from: to - Math.floor(intervalMs / 1000), to }
  const headers = { 'content-type': 'application/json', 'dd-api-key': apiKey, 'dd-application-key': appKey }
  if (spec.apiVersion === 'v2') {
    const url = addressBelow(address, 'api/v2/query/scalar', 'the address of Datadog').href
    return { method: 'POST', url, headers, timeoutMs, body: JSON.stringify(scalarBody(spec, span)) }
  }
  const url = addressBelow(address, 'api/v1/query', 'the address of Datadog')
  url.search = new URLSearchParams({
    from: String(span.from),
    query: spec.query ?? '',
    to: String(span.to),
  }).toString()
  return { method: 'GET', url: url.href, headers, timeoutMs }
}
