import assert from 'node:assert/strict'
import type { GoogleCloudMonitoringMetric } from '../../../../src/api/providers/google-cloud-monitoring.ts'
import type { Answer, SeenRequest } from '../../../builders/answering-server.ts'
import type { ProviderContract } from '../../../builders/provider-contract.ts'

const token = 'ya29.c.EXAMPLE-access-token'
const query = 'sum(rate(istio_requests_total{response_code=~"5.."}[5m]))'
const metric =
  (over: Partial<GoogleCloudMonitoringMetric> = {}) =>
  (address: string) => ({ googleCloudMonitoring: { address, query, ...over } })

const metadata: Readonly<Record<string, string>> = {
  '/computeMetadata/v1/instance/service-accounts/default/token': JSON.stringify({
    access_token: token,
    expires_in: 3599,
    token_type: 'Bearer',
  }),
  '/computeMetadata/v1/project/project-id': 'shop-prod',
}

/** The metadata server, which answers only who sends the header that no browser does. */
const metadataServer = ({ url, headers }: SeenRequest): Answer | undefined => {
  const body = metadata[url]
  if (body === undefined) return undefined
  return headers['metadata-flavor'] === 'Google' ? { body } : { status: 403 }
}

const vector = (...values: readonly string[]): Answer => ({
  body: JSON.stringify({
    status: 'success',
    data: { resultType: 'vector', result: values.map((value) => ({ metric: {}, value: [1700000000, value] })) },
  }),
})

const series = (...values: readonly object[]): Answer => ({
  body: JSON.stringify({
    timeSeriesDescriptor: { pointDescriptors: [{ key: 'value', valueType: 'DOUBLE' }] },
    ...(values.length > 0 && {
      timeSeriesData: values.map((value) => ({ pointData: [{ values: [value] }, { values: [{ doubleValue: 99 }] }] })),
    }),
  }),
})

const fault = {
  status: 400,
  body: '{"error":{"code":400,"message":"invalid parameter \\"query\\": parse error","status":"INVALID_ARGUMENT"}}',
}

const common = {
  name: 'googleCloudMonitoring',
  hidden: [token],
  env: (address: string) => ({ GCE_METADATA_HOST: new URL(address).host }),
  beforehand: metadataServer,
  timeLimitMs: 10_000,
} as const

/** Google Cloud Monitoring asked in PromQL, with the identity of the machine. */
export const googlePromqlContract: ProviderContract = {
  ...common,
  provider: metric(),
  good: vector('0.5'),
  asked: ([request]) => {
    const { pathname, searchParams } = new URL(request?.url ?? '', 'http://google')
    assert.equal(pathname, '/v1/projects/shop-prod/location/global/prometheus/api/v1/query')
    assert.deepEqual([request?.method, searchParams.get('query')], ['GET', query])
    assert.equal(request?.headers.authorization, `Bearer ${token}`)
  },
  cases: [
    { what: 'a good value', answer: vector('0.5'), condition: 'result[0] < 1', phase: 'Successful', value: '[0.5]' },
    { what: 'a bad value', answer: vector('2'), condition: 'result[0] < 1', phase: 'Failed', value: '[2]' },
    {
      what: 'numbers that are none',
      answer: vector('NaN', '+Inf'),
      condition: 'isNaN(result[0]) && isInf(result[1])',
      phase: 'Successful',
      value: '[NaN,+Inf]',
    },
    {
      what: 'a scalar',
      answer: { body: '{"status":"success","data":{"resultType":"scalar","result":[1700000000,"2"]}}' },
      phase: 'Successful',
      value: '[2]',
    },
    {
      what: 'an empty vector',
      answer: vector(),
      condition: 'result[0] < 1',
      phase: 'Error',
      message: /no data returned from the metric provider/,
    },
    { what: 'a query that is none', answer: fault, phase: 'Error', message: /400 .*parse error/ },
  ],
}

/** The same in the Monitoring Query Language. */
export const googleMqlContract: ProviderContract = {
  ...common,
  provider: metric({ queryLanguage: 'mql', project: 'other', query: 'fetch gce_instance' }),
  good: series({ doubleValue: 0.5 }),
  asked: ([request]) => {
    assert.deepEqual([request?.method, request?.url], ['POST', '/v3/projects/other/timeSeries:query'])
    assert.deepEqual(JSON.parse(request?.body ?? ''), { query: 'fetch gce_instance' })
  },
  cases: [
    {
      what: 'the newest points of several series, of every type',
      answer: series({ doubleValue: 0.5 }, { int64Value: '7' }, { boolValue: true }, { doubleValue: 'NaN' }),
      condition: 'result[1] == 7',
      phase: 'Successful',
      value: '[0.5,7,1,NaN]',
    },
    {
      what: 'no series',
      answer: series(),
      condition: 'result[0] < 1',
      phase: 'Error',
      message: /no data returned from the metric provider/,
    },
    { what: 'a query that is none', answer: fault, phase: 'Error', message: /400 .*parse error/ },
  ],
}
