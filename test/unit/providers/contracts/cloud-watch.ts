import assert from 'node:assert/strict'
import type { CloudWatchMetric } from '../../../../src/api/providers/cloud-watch.ts'
import type { Answer } from '../../../builders/answering-server.ts'
import type { ProviderContract } from '../../../builders/provider-contract.ts'

const sessionToken = 'FwoGZXIvYXdzEXAMPLESESSIONTOKEN'

const metricDataQueries: CloudWatchMetric['metricDataQueries'] = [
  { id: 'rate', expression: 'errors / requests', label: 'Error rate', returnData: true },
  {
    id: 'errors',
    metricStat: {
      metric: {
        namespace: 'AWS/ApplicationELB',
        metricName: 'HTTPCode_Target_5XX_Count',
        dimensions: [{ name: 'LoadBalancer', value: 'app/shop/1' }],
      },
      period: 300,
      stat: 'Sum',
      unit: 'Count',
    },
    returnData: false,
  },
  {
    id: 'requests',
    metricStat: { metric: { namespace: 'AWS/ApplicationELB', metricName: 'RequestCount' }, period: '300', stat: 'Sum' },
    returnData: false,
  },
]

const metric =
  (over: Partial<CloudWatchMetric> = {}) =>
  () => ({ cloudWatch: { metricDataQueries, interval: '30m', ...over } })

const results = (...values: readonly (readonly (number | string)[])[]): Answer => ({
  headers: { 'content-type': 'application/x-amz-json-1.0' },
  body: JSON.stringify({
    MetricDataResults: values.map((Values, index) => ({
      Id: `q${index}`,
      Label: 'x',
      Timestamps: Values.map((_, at) => 1700000000 - at * 300),
      Values,
      StatusCode: 'Complete',
    })),
    Messages: [],
  }),
})

const page = (token: string | undefined, value: number): Answer => ({
  body: JSON.stringify({
    MetricDataResults: [{ Id: 'q', Label: 'x', Timestamps: [1700000000], Values: [value], StatusCode: 'PartialData' }],
    ...(token && { NextToken: token }),
  }),
})

/** Amazon CloudWatch, GetMetricData. */
export const cloudWatchContract: ProviderContract = {
  name: 'cloudWatch',
  provider: metric(),
  env: (address) => ({
    AWS_ENDPOINT_URL_CLOUDWATCH: `${address}/`,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
    AWS_SESSION_TOKEN: sessionToken,
  }),
  hidden: [sessionToken],
  good: results([0.02]),
  timeLimitMs: 30_000,
  asked: ([request]) => {
    assert.deepEqual([request?.method, request?.url], ['POST', '/'])
    assert.equal(request?.headers['x-amz-target'], 'GraniteServiceVersion20100801.GetMetricData')
    assert.equal(request?.headers['content-type'], 'application/x-amz-json-1.0')
    assert.match(
      request?.headers.authorization ?? '',
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-central-1\/monitoring\/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, Signature=[0-9a-f]{64}$/,
    )
    const { StartTime, EndTime, MetricDataQueries } = JSON.parse(request?.body ?? '')
    assert.equal(Math.round(EndTime - StartTime), 1800)
    assert.deepEqual(MetricDataQueries, [
      { Id: 'rate', Expression: 'errors / requests', Label: 'Error rate', ReturnData: true },
      {
        Id: 'errors',
        MetricStat: {
          Metric: {
            MetricName: 'HTTPCode_Target_5XX_Count',
            Namespace: 'AWS/ApplicationELB',
            Dimensions: [{ Name: 'LoadBalancer', Value: 'app/shop/1' }],
          },
          Stat: 'Sum',
          Period: 300,
          Unit: 'Count',
        },
        ReturnData: false,
      },
      {
        Id: 'requests',
        MetricStat: {
          Metric: { MetricName: 'RequestCount', Namespace: 'AWS/ApplicationELB' },
          Stat: 'Sum',
          Period: 300,
        },
        ReturnData: false,
      },
    ])
  },
  cases: [
    {
      what: 'the newest value of an expression',
      answer: results([0.02, 0.5]),
      condition: 'result[0].Values[0] < 0.05',
      phase: 'Successful',
      value: '[[0.02 0.5]]',
    },
    {
      what: 'a value that is too high, among several results',
      answer: results([0.02], [1500000, 3]),
      condition: 'result[1].Values[0] < 100',
      phase: 'Failed',
      value: '[[0.02] [1.5e+06 3]]',
    },
    {
      what: 'a number that is none',
      answer: results(['NaN']),
      condition: 'isNaN(result[0].Values[0])',
      phase: 'Successful',
      value: '[[NaN]]',
    },
    {
      what: 'a result without values',
      answer: results([]),
      condition: 'result[0].Values[0] < 0.05',
      phase: 'Error',
      message: /could not evaluate successCondition/,
    },
    {
      what: 'several pages, which belong together',
      answer: ({ body }) => (body.includes('"NextToken":"more"') ? page(undefined, 2) : page('more', 1)),
      condition: 'len(result) == 1 && result[0].Values[1] == 2',
      phase: 'Successful',
      value: '[[1 2]]',
    },
    {
      what: 'pages without end',
      answer: page('more', 1),
      phase: 'Error',
      message: /more than 10 pages/,
    },
    {
      what: 'messages, which are shown',
      answer: { body: '{"MetricDataResults":[],"Messages":[{"Code":"Limit","Value":"too many metrics"}]}' },
      phase: 'Successful',
      value: '[]',
      metadata: { messages: 'Limit: too many metrics' },
    },
    {
      what: 'a query that is none',
      answer: {
        status: 400,
        body: '{"__type":"com.amazonaws.cloudwatch#ValidationError","message":"Error in expression \'rate\'"}',
      },
      phase: 'Error',
      message: /^Amazon CloudWatch answered 400 ValidationError: Error in expression 'rate'$/,
    },
    {
      what: 'a role that may not ask',
      answer: { status: 400, body: '{"__type":"AccessDenied","message":"User is not authorized"}' },
      phase: 'Error',
      message: /AccessDenied: User is not authorized; check .*cloudwatch:GetMetricData/,
    },
  ],
  misconfigured: [
    {
      what: 'a query that is neither expression nor metric',
      provider: metric({ metricDataQueries: [{ id: 'a' }] }),
      message: /^provider\.cloudWatch\.metricDataQueries\[0\]: set either expression or metricStat$/,
    },
    {
      what: 'a period of nothing',
      provider: metric({ metricDataQueries: [{ id: 'a', expression: 'x', period: 0 }] }),
      message: /^provider\.cloudWatch\.metricDataQueries\[0\]\.period: /,
    },
    { what: 'no query', provider: metric({ metricDataQueries: [] }), message: /set at least one query/ },
    {
      what: 'an interval that is none',
      provider: metric({ interval: 'x' }),
      message: /^provider\.cloudWatch\.interval: /,
    },
  ],
}
