import assert from 'node:assert/strict'
import type { LokiMetric } from '../../../../src/api/providers/loki.ts'
import type { Answer } from '../../../builders/answering-server.ts'
import type { ProviderContract } from '../../../builders/provider-contract.ts'

const token = 'glc_eyJvIjoiMTIzNDU2In0'
const query = 'sum(rate({app="web"} |= "error" [5m]))'
const metric =
  (over: Partial<LokiMetric> = {}) =>
  (address: string) => ({ loki: { address: `${address}/`, query, ...over } })

const vector = (...values: readonly string[]): Answer => ({
  body: JSON.stringify({
    status: 'success',
    data: {
      resultType: 'vector',
      result: values.map((value) => ({ metric: {}, value: [1700000000, value] })),
      stats: {},
    },
  }),
})

/** Grafana Loki HTTP API, "Query Loki at a single point in time". */
export const lokiContract: ProviderContract = {
  name: 'loki',
  provider: metric({ authentication: { bearerToken: token }, headers: [{ key: 'X-Scope-OrgID', value: 'shop' }] }),
  hidden: [token],
  good: vector('0.5'),
  timeLimitMs: 30_000,
  asked: ([request]) => {
    const { pathname, searchParams } = new URL(request?.url ?? '', 'http://loki')
    assert.deepEqual([request?.method, pathname, searchParams.get('query')], ['GET', '/loki/api/v1/query', query])
    assert.match(searchParams.get('time') ?? '', /^\d{13}000000$/)
    assert.equal(request?.headers['x-scope-orgid'], 'shop')
    assert.equal(request?.headers.authorization, `Bearer ${token}`)
  },
  cases: [
    { what: 'a good value', answer: vector('0.5'), condition: 'result[0] < 1', phase: 'Successful', value: '[0.5]' },
    { what: 'a bad value', answer: vector('1.5'), condition: 'result[0] < 1', phase: 'Failed', value: '[1.5]' },
    {
      what: 'numbers that are none',
      answer: vector('NaN', '+Inf', '-Inf'),
      condition: 'isNaN(result[0]) && isInf(result[1])',
      phase: 'Successful',
      value: '[NaN,+Inf,-Inf]',
    },
    {
      what: 'a scalar',
      answer: { body: '{"status":"success","data":{"resultType":"scalar","result":[1700000000,"2"]}}' },
      condition: 'result == 2',
      phase: 'Successful',
      value: '2',
    },
    {
      what: 'an empty vector',
      answer: vector(),
      condition: 'result[0] < 1',
      phase: 'Error',
      message: /no data returned from the metric provider/,
    },
    {
      what: 'log lines',
      answer: { body: '{"status":"success","data":{"resultType":"streams","result":[]}}' },
      phase: 'Error',
      message: /^the query returns log lines; make numbers of them/,
    },
    {
      what: 'a query that Loki does not understand, which it says in plain text',
      answer: { status: 400, body: 'parse error at line 1, col 5: syntax error' },
      phase: 'Error',
      message: /400 parse error at line 1, col 5: syntax error/,
    },
  ],
  misconfigured: [
    {
      what: 'an address that is none',
      provider: () => metric()('loki:3100'),
      message: /^provider\.loki\.address must be a URL/,
    },
  ],
}
