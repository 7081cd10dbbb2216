import assert from 'node:assert/strict'
import type { SkywalkingMetric } from '../../../../src/api/providers/skywalking.ts'
import type { ProviderContract } from '../../../builders/provider-contract.ts'

const query =
  'query queryData($duration: Duration!) { apdex: readMetricsValues(duration: $duration) { values { value } } }'
const metric =
  (over: Partial<SkywalkingMetric> = {}) =>
  (address: string) => ({
    skywalking: { address: `${address}/`, interval: '3m', query, ...over },
  })

/** The instant of a text such as `2026-01-01 0930`. */
const instant = (text: string): number => Date.parse(`${text.slice(0, 13)}:${text.slice(13)}:00Z`.replace(' ', 'T'))

/** Apache SkyWalking, "Query Protocol". */
export const skywalkingContract: ProviderContract = {
  name: 'skywalking',
  provider: metric(),
  hidden: [],
  good: { body: '{"data":{"apdex":{"values":[{"value":9900}]}}}' },
  timeLimitMs: 30_000,
  asked: ([request]) => {
    assert.deepEqual([request?.method, request?.url], ['POST', '/graphql'])
    const body = JSON.parse(request?.body ?? '')
    const { start, end, step } = body.variables.duration
    assert.deepEqual([body.query, step], [query, 'MINUTE'])
    assert.match(end, /^\d{4}-\d{2}-\d{2} \d{4}$/)
    assert.equal(instant(end) - instant(start), 180_000)
    assert.ok(Math.abs(instant(end) - Date.now()) < 120_000)
  },
  cases: [
    {
      what: 'what the query asks for',
      answer: { body: '{"data":{"apdex":{"values":{"values":[{"value":9950},{"value":9900}]}}}}' },
      condition: 'all(result.apdex.values.values, {asFloat(.value) >= 9900})',
      phase: 'Successful',
      value: '{"apdex":{"values":{"values":[{"value":9950},{"value":9900}]}}}',
    },
    {
      what: 'a value that is too low',
      answer: { body: '{"data":{"apdex":{"values":{"values":[{"value":100}]}}}}' },
      condition: 'all(result.apdex.values.values, {asFloat(.value) >= 9900})',
      phase: 'Failed',
      value: '{"apdex":{"values":{"values":[{"value":100}]}}}',
    },
    {
      what: 'a service without data',
      answer: { body: '{"data":{"apdex":null}}' },
      condition: 'result.apdex.values[0].value > 1',
      phase: 'Error',
      message: /could not evaluate successCondition/,
    },
    {
      what: 'no data at all',
      answer: { body: '{"data":null}' },
      phase: 'Error',
      message: /^no results returned from SkyWalking query$/,
    },
    {
      what: 'a query that SkyWalking refuses',
      answer: { body: '{"data":null,"errors":[{"message":"Validation error: unknown field apdx","locations":[]}]}' },
      phase: 'Error',
      message: /^graphql: Validation error: unknown field apdx$/,
    },
  ],
  misconfigured: [
    { what: 'a metric without query', provider: metric({ query: '' }), message: /^provider\.skywalking\.query: / },
    {
      what: 'an address that is none',
      provider: metric({ address: 'oap:12800' }),
      message: /^provider\.skywalking\.address must/,
    },
    { what: 'no address', provider: metric({ address: '' }), message: /^provider\.skywalking\.address must be a URL/ },
    {
      what: 'a wrong interval',
      provider: metric({ interval: '3x' }),
      message: /^provider\.skywalking\.interval: time: /,
    },
  ],
}
