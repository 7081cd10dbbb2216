import assert from 'node:assert/strict'
import type { PrometheusMetric } from '../../../../src/api/providers/prometheus.ts'
import type { Answer } from '../../../builders/answering-server.ts'
import type { ProviderContract } from '../../../builders/provider-contract.ts'

const token = 'prometheus-bearer-token'
const query = 'sum(rate(http_requests_total{code=~"5.."}[5m]))'
const metric =
  (over: Partial<PrometheusMetric> = {}) =>
  (address: string) => ({ prometheus: { address, query, ...over } })

const vector = (...values: readonly unknown[]): Answer => ({
  body: JSON.stringify({
    status: 'success',
    data: { resultType: 'vector', result: values.map((value) => ({ metric: {}, value: [1700000000, value] })) },
  }),
})

/** Prometheus HTTP API, "Instant queries", with a bearer token. */
export const prometheusContract: ProviderContract = {
  name: 'prometheus',
  provider: metric({ authentication: { bearerToken: token } }),
  hidden: [token],
  good: vector('0.5'),
  timeLimitMs: 30_000,
  asked: ([request]) => {
    assert.deepEqual([request?.method, request?.url], ['POST', '/api/v1/query'])
    assert.equal(new URLSearchParams(request?.body).get('query'), query)
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
    { what: 'values that are no text', answer: vector(1), phase: 'Error', message: /not in the format/ },
    {
      what: 'an empty vector',
      answer: vector(),
      condition: 'result[0] < 1',
      phase: 'Error',
      message: /no data returned from the metric provider/,
    },
    {
      what: 'a query that is none',
      answer: { status: 400, body: '{"status":"error","errorType":"bad_data","error":"parse error: unexpected end"}' },
      phase: 'Error',
      message: /^bad_data: parse error: unexpected end$/,
    },
  ],
}

const secret = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'

/** Amazon Managed Service for Prometheus: the same API behind a signature. */
export const amazonPrometheusContract: ProviderContract = {
  ...prometheusContract,
  provider: (address) =>
    metric({ authentication: { sigv4: { region: 'eu-west-1', accessKey: 'AKIDEXAMPLE', secretKey: secret } } })(
      `${address}/workspaces/ws-1`,
    ),
  hidden: [],
  asked: ([request]) => {
    assert.equal(request?.url, '/workspaces/ws-1/api/v1/query')
    assert.match(
      request?.headers.authorization ?? '',
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-west-1\/aps\/aws4_request, SignedHeaders=accept;content-type;host;x-amz-date, Signature=[0-9a-f]{64}$/,
    )
  },
  cases: [],
}
