import assert from 'node:assert/strict'
import type { DynatraceMetric } from '../../../../src/api/providers/dynatrace.ts'
import type { Answer } from '../../../builders/answering-server.ts'
import type { ProviderContract } from '../../../builders/provider-contract.ts'

const token = 'dt0c01.EXAMPLEEXAMPLE.SECRETSECRETSECRET'
const query = 'builtin:service.errors.total.rate:filter(eq("dt.entity.service","SERVICE-1")):avg'
const metric = (over: Partial<DynatraceMetric> = {}) => ({ dynatrace: { query, ...over } })

const series = (...values: readonly (readonly (number | null)[])[]): Answer => ({
  body: JSON.stringify({
    totalCount: values.length,
    nextPageKey: null,
    resolution: 'Inf',
    result: [
      {
        metricId: query,
        data: values.map((points) => ({
          dimensions: [],
          dimensionMap: {},
          timestamps: [1700000000000],
          values: points,
        })),
      },
    ],
  }),
})

/** Dynatrace Metrics API v2, "GET metric data points". */
export const dynatraceContract: ProviderContract = {
  name: 'dynatrace',
  provider: () => metric({ interval: '10m', entitySelector: 'type(SERVICE)' }),
  secrets: (address) => ({ 'argo-rollouts/dynatrace': { address: `${address}/e/abc/`, token } }),
  hidden: [token],
  good: series([0.25]),
  timeLimitMs: 10_000,
  asked: ([request]) => {
    const { pathname, searchParams } = new URL(request?.url ?? '', 'http://dynatrace')
    assert.deepEqual([request?.method, pathname], ['GET', '/e/abc/api/v2/metrics/query'])
    assert.equal(searchParams.get('metricSelector'), query)
    assert.equal(searchParams.get('entitySelector'), 'type(SERVICE)')
    assert.equal(searchParams.get('resolution'), 'Inf')
    assert.equal(Number(searchParams.get('to')) - Number(searchParams.get('from')), 600_000)
    assert.equal(request?.headers.authorization, `Api-Token ${token}`)
  },
  cases: [
    {
      what: 'a value that is good',
      answer: series([0.25]),
      condition: 'result[0] < 1',
      phase: 'Successful',
      value: '[0.25]',
    },
    {
      what: 'a value that is not',
      answer: series([2.5]),
      condition: 'result[0] < 1',
      phase: 'Failed',
      value: '[2.5]',
    },
    {
      what: 'the newest points of several series, past those without a value',
      answer: series([1, 2, null], [3], [null]),
      condition: 'len(result) == 2',
      phase: 'Successful',
      value: '[2,3]',
    },
    {
      what: 'no series at all',
      answer: { body: '{"totalCount":0,"nextPageKey":null,"resolution":"Inf","result":[{"metricId":"x","data":[]}]}' },
      condition: 'result[0] < 1',
      phase: 'Error',
      message: /no data returned from the metric provider/,
    },
    {
      what: 'a selector that Dynatrace does not understand',
      answer: {
        status: 400,
        body: '{"error":{"code":400,"message":"Constraints violated.","constraintViolations":[{"path":"metricSelector"}]}}',
      },
      phase: 'Error',
      message: /400 .*Constraints violated/,
    },
    {
      what: 'warnings, which are shown',
      answer: {
        body: '{"result":[{"metricId":"x","data":[{"values":[1]}],"warnings":["too many dimensions"]}],"warnings":[]}',
      },
      phase: 'Successful',
      value: '[1]',
      metadata: { warnings: 'too many dimensions' },
    },
  ],
  misconfigured: [
    {
      what: 'an interval that is none',
      provider: () => metric({ interval: 'soon' }),
      message: /^provider\.dynatrace\.interval: /,
    },
    {
      what: 'an address that is none',
      provider: () => metric({ address: 'abc.live.dynatrace.com' }),
      message: /^provider\.dynatrace\.address must be a URL/,
    },
    {
      what: 'a Secret of the run without a name',
      provider: () => metric({ secretRef: { namespaced: true } }),
      message: /^secretRef\.name: /,
    },
  ],
}
