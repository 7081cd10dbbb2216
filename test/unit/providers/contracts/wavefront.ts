import assert from 'node:assert/strict'
import type { WavefrontMetric } from '../../../../src/api/providers/wavefront.ts'
import type { Answer } from '../../../builders/answering-server.ts'
import type { ProviderContract } from '../../../builders/provider-contract.ts'

const token = '9a8b7c6d-1234-5678-9abc-def012345678'
const query = 'sum(rate(5m, ts("istio.requestcount.count", response_code!=500)))'
const metric =
  (over: Partial<WavefrontMetric> = {}) =>
  (address: string) => ({ wavefront: { address, query, ...over } })

const series = (...data: readonly (readonly unknown[])[]) => ({ label: 'requests', host: 'a', data })
const answer = (...timeseries: readonly unknown[]): Answer => ({
  body: JSON.stringify({ query, granularity: 1, timeseries, stats: { keys: 1 } }),
})

/** Wavefront, "Query: charting endpoint" of its REST API. */
export const wavefrontContract: ProviderContract = {
  name: 'wavefront',
  provider: metric(),
  secrets: () => ({ 'argo-rollouts/wavefront-api-tokens': { '127.0.0.1': token } }),
  hidden: [token],
  good: answer(series([1700000000, 1])),
  timeLimitMs: 30_000,
  asked: ([request]) => {
    const { pathname, searchParams } = new URL(request?.url ?? '', 'http://wavefront')
    assert.deepEqual([request?.method, pathname], ['GET', '/api/v2/chart/api'])
    const { s, e, ...rest } = Object.fromEntries(searchParams)
    assert.deepEqual(rest, { q: query, g: 's', p: '1', i: 'true' })
    assert.equal(s, e)
    assert.ok(Math.abs(Number(s) - Date.now()) < 60_000)
    assert.equal(request?.headers.authorization, `Bearer ${token}`)
  },
  cases: [
    {
      what: 'one series, which is a number',
      answer: answer(series([1700000000, 0.956])),
      condition: 'result >= 0.95',
      phase: 'Successful',
      value: '0.96',
    },
    {
      what: 'several series, which are a list',
      answer: answer(series([1700000000, 1]), series([1700000000, 12.5])),
      condition: 'all(result, # < 10)',
      phase: 'Failed',
      value: '[1.00,12.50]',
    },
    {
      what: 'infinity and NaN',
      answer: answer(series([1700000000, 'NaN']), series([1700000000, '-Infinity'])),
      condition: 'isNaN(result[0]) && isInf(result[1])',
      phase: 'Successful',
      value: '[NaN,-Inf]',
    },
    {
      what: 'no series',
      answer: answer(),
      phase: 'Error',
      message: /^No TimeSeries found in response from Wavefront$/,
    },
    {
      what: 'an answer that leaves series out, with a warning that says why',
      answer: { body: JSON.stringify({ query, warnings: 'No metrics matching - [istio.requestcount]' }) },
      phase: 'Error',
      message: /^No TimeSeries found/,
      metadata: { warnings: 'No metrics matching - [istio.requestcount]' },
    },
    {
      what: 'a series without points, which is not 0',
      answer: answer(series()),
      condition: 'result < 1',
      phase: 'Error',
      message: /^the time series requests in the response from Wavefront has no data$/,
    },
    {
      what: 'a query that Wavefront refuses',
      answer: { body: '{"query":"x","errorType":"QuerySyntaxError","errorMessage":"unexpected token"}' },
      phase: 'Error',
      message: /^QuerySyntaxError: unexpected token$/,
    },
    {
      what: 'text that is no number',
      answer: answer(series([1700000000, 'up'])),
      phase: 'Error',
      message: /^Could not parse JSON body: timeseries\[0\]\.data\[0\]\[1\]: strconv\.ParseFloat/,
    },
  ],
  misconfigured: [
    {
      what: 'no address',
      provider: metric({ address: '' }),
      message: /^provider\.wavefront\.address: must be the host/,
    },
    { what: 'no query', provider: metric({ query: '' }), message: /^provider\.wavefront\.query: / },
    {
      what: 'an address that the Secret has no token for',
      provider: metric({ address: 'example.wavefront.com' }),
      message: /^API token not found: set example\.wavefront\.com in the Secret argo-rollouts\/wavefront-api-tokens$/,
    },
  ],
}
