import assert from 'node:assert/strict'
import type { DatadogMetric } from '../../../../src/api/providers/datadog.ts'
import type { Answer } from '../../../builders/answering-server.ts'
import type { ProviderContract } from '../../../builders/provider-contract.ts'

const apiKey = '0123456789abcdef0123456789abcdef'
const appKey = 'fedcba9876543210fedcba9876543210fedcba98'
const account = (address: string) => ({ address: `${address}/`, 'api-key': apiKey, 'app-key': appKey })

const query = 'sum:requests.error.rate{service:web}'
const metric =
  (over: Partial<DatadogMetric> = {}) =>
  () => ({ datadog: { query, ...over } })

const pointlist = (...values: readonly (number | null)[]): Answer => ({
  body: JSON.stringify({
    status: 'ok',
    from_date: 1700000000000,
    query,
    series: [
      { metric: 'requests.error.rate', pointlist: values.map((value, i) => [1700000000000 + i * 15_000, value]) },
    ],
  }),
})

/** Version 1 of the API: "Query timeseries points". */
export const datadogSeriesContract: ProviderContract = {
  name: 'datadog',
  provider: metric({ interval: '10m' }),
  secrets: (address) => ({ 'argo-rollouts/datadog': account(address) }),
  hidden: [apiKey, appKey],
  good: pointlist(0.0020008318672513122, 0.0003332881882246533),
  timeLimitMs: 10_000,
  asked: ([request]) => {
    const { pathname, searchParams } = new URL(request?.url ?? '', 'http://datadog')
    assert.deepEqual([request?.method, pathname, searchParams.get('query')], ['GET', '/api/v1/query', query])
    assert.equal(Number(searchParams.get('to')) - Number(searchParams.get('from')), 600)
    assert.equal(request?.headers['dd-api-key'], apiKey)
    assert.equal(request?.headers['dd-application-key'], appKey)
  },
  cases: [
    {
      what: 'the newest point',
      answer: pointlist(0.0020008318672513122, 0.0003332881882246533),
      condition: 'result < 0.001',
      phase: 'Successful',
      value: '0.0003332881882246533',
    },
    {
      what: 'a newest point that is too high',
      answer: pointlist(0.0003, 0.006),
      condition: 'result < 0.001',
      phase: 'Failed',
      value: '0.006',
    },
    {
      what: 'points that have no value yet, which are not 0',
      answer: pointlist(0.5, null),
      condition: 'result < 0.1',
      phase: 'Failed',
      value: '0.5',
    },
    {
      what: 'an empty answer',
      answer: { body: '{"status":"ok","series":[]}' },
      condition: 'result < 0.05',
      phase: 'Error',
      message: /metric result is nil or empty: no data returned/,
    },
    {
      what: 'an empty answer that the condition has a default for',
      answer: { body: '{"status":"ok","series":[]}' },
      condition: 'default(result, 0) < 0.05',
      phase: 'Successful',
      value: '[]',
    },
    {
      what: 'a series without any value',
      answer: pointlist(null, null),
      condition: 'default(result, 1) < 0.05',
      phase: 'Failed',
      value: '[{"pointlist":[]}]',
    },
    {
      what: 'a query that Datadog refuses',
      answer: { status: 400, body: '{"status":"error","error":"error messsage"}' },
      phase: 'Error',
      message: /^received non 2xx response code: 400 \{"status":"error","error":"error messsage"\}$/,
    },
    {
      what: 'keys that Datadog does not know',
      answer: { status: 401, body: '{"errors": ["No authenticated user."]}' },
      phase: 'Error',
      message:
        /^received authentication error response code: 401 \{"errors": \["No authenticated user."\]\}; check api-key and app-key in the Secret argo-rollouts\/datadog$/,
    },
    {
      what: 'an error in an answer of status 200',
      answer: { body: '{"status":"error","error":"Rollup is too small","series":[]}' },
      phase: 'Error',
      message: /^There were errors in your query: Rollup is too small$/,
    },
    {
      what: 'points that are no pairs',
      answer: { body: '{"status":"ok","series":[{"pointlist":[[1]]}]}' },
      phase: 'Error',
      message: /Datapoint does not have 2 values/,
    },
    {
      what: 'text where numbers should be',
      answer: { body: '{"status":"ok","series":[{"pointlist":[[1,"0.1"]]}]}' },
      phase: 'Error',
      message: /^Could not parse JSON body: series\[0\]\.pointlist\[0\]\[1\]: .*number/,
    },
    {
      what: 'NaN, which JSON does not have',
      answer: { body: '{"status":"ok","series":[{"pointlist":[[1,NaN]]}]}' },
      phase: 'Error',
      message: /no JSON/,
    },
    {
      what: 'a number beyond all bounds',
      answer: { body: '{"status":"ok","series":[{"pointlist":[[1,1e999]]}]}' },
      phase: 'Error',
      message: /Infinity|number/,
    },
  ],
  misconfigured: [
    {
      what: 'a metric without query',
      provider: metric({ query: '' }),
      message: /^provider\.datadog\.query: Must have/,
    },
    {
      what: 'queries with v1',
      provider: metric({ query: '', queries: { a: 'b' } }),
      message: /^provider\.datadog\.query: Query is empty\. API Version v1 only supports using the query parameter/,
    },
    {
      what: 'an aggregator with v1',
      provider: metric({ aggregator: 'sum' }),
      message: /^provider\.datadog\.aggregator: Aggregator is not supported in v1/,
    },
    {
      what: 'an interval that is no duration',
      provider: metric({ interval: '5 minutes' }),
      message: /^provider\.datadog\.interval: time: /,
    },
    {
      what: 'a Secret of the run without a name',
      provider: metric({ secretRef: { namespaced: true } }),
      message: /^provider\.datadog\.secretRef\.name: secret name is required for namespaced credentials$/,
    },
    {
      what: 'an address that is none',
      provider: metric(),
      secrets: { 'argo-rollouts/datadog': account('datadoghq.com') },
      message: /^the address of Datadog must be a URL that begins with http/,
    },
  ],
}

/** The same, with the account in the environment of the controller. */
export const datadogEnvironmentContract: ProviderContract = {
  name: 'datadog',
  provider: metric({ interval: '10m' }),
  env: (address) => ({ DD_ADDRESS: address, DD_API_KEY: apiKey, DD_APP_KEY: appKey }),
  hidden: [apiKey, appKey],
  good: datadogSeriesContract.good,
  asked: datadogSeriesContract.asked,
  timeLimitMs: 10_000,
  cases: [
    {
      what: 'keys that Datadog does not know',
      answer: { status: 403 },
      phase: 'Error',
      message: /403; check DD_API_KEY and DD_APP_KEY in the environment of the controller$/,
    },
  ],
}

const columns = (...list: readonly unknown[]): Answer => ({
  body: JSON.stringify({ data: { id: '0', type: 'scalar_response', attributes: { columns: list } } }),
})
const numbers = (...values: readonly unknown[]) => ({ name: 'a', type: 'number', values, meta: { unit: null } })
const group = (name: string, ...values: readonly (readonly string[])[]) => ({ name, type: 'group', values })
const manyGroups = Array.from({ length: 150 }, (_, i) => i)

/** Version 2 of the API: "Query scalar data across multiple products". The Secret is in the namespace of the run. */
export const datadogScalarContract: ProviderContract = {
  name: 'datadog',
  provider: metric({
    apiVersion: 'v2',
    query: '',
    queries: { a: 'sum:errors{*}', b: 'sum:requests{*}' },
    formula: 'a / b',
    aggregator: 'sum',
    requestTimeout: '30s',
    secretRef: { name: 'keys', namespaced: true },
  }),
  secrets: (address) => ({ 'shop/keys': account(address) }),
  hidden: [apiKey, appKey],
  good: columns(numbers(0.5)),
  timeLimitMs: 30_000,
  asked: ([request]) => {
    assert.deepEqual([request?.method, request?.url], ['POST', '/api/v2/query/scalar'])
    const { data } = JSON.parse(request?.body ?? '')
    const { from, to, ...rest } = data.attributes
    assert.equal(to - from, 300_000)
    assert.deepEqual(
      [data.type, rest],
      [
        'scalar_request',
        {
          formulas: [{ formula: 'a / b' }],
          queries: [
            { aggregator: 'sum', data_source: 'metrics', name: 'a', query: 'sum:errors{*}' },
            { aggregator: 'sum', data_source: 'metrics', name: 'b', query: 'sum:requests{*}' },
          ],
        },
      ],
    )
  },
  cases: [
    {
      what: 'a number',
      answer: columns(numbers(0.0006332881882246533)),
      condition: 'result < 0.001',
      phase: 'Successful',
      value: '0.0006332881882246533',
    },
    {
      what: 'a number for each group, with their names',
      answer: columns(
        group('env', ['prod'], ['prod'], ['dev']),
        group('path', ['/a'], ['/b'], ['/c']),
        numbers(0.1, 0.9, null),
      ),
      condition: 'max(result) < 0.5',
      phase: 'Failed',
      value: '[0.1,0.9]',
      metadata: { groups: '[{"name":"prod,/a","value":0.1},{"name":"prod,/b","value":0.9}]' },
    },
    {
      what: 'a single group, which is a list all the same',
      answer: columns(group('env', ['prod']), numbers(0.1)),
      condition: 'result[0] < 0.5',
      phase: 'Successful',
      value: '[0.1]',
      metadata: { groups: '[{"name":"prod","value":0.1}]' },
    },
    {
      what: 'very many groups, of which both ends are listed',
      answer: columns(group('host', ...manyGroups.map((i) => [`h${i}`])), numbers(...manyGroups)),
      condition: 'len(result) == 150',
      phase: 'Successful',
      value: `[${manyGroups.join(',')}]`,
      metadata: {
        groups: JSON.stringify(manyGroups.filter((i) => i < 50 || i >= 100).map((i) => ({ name: `h${i}`, value: i }))),
        groups_truncated: 'true',
      },
    },
    {
      what: 'no data',
      answer: columns(numbers(null)),
      condition: 'result < 1',
      phase: 'Error',
      message: /metric result is nil or empty/,
    },
    {
      what: 'no columns, with a default',
      answer: columns(),
      condition: 'default(result, 0) < 1',
      phase: 'Successful',
      value: '[]',
    },
    {
      what: 'an error in an answer of status 200',
      answer: { body: '{"errors":"unknown function","data":null}' },
      phase: 'Error',
      message: /^There were errors in your query: unknown function$/,
    },
    {
      what: 'groups without names',
      answer: columns(group('env'), numbers(1)),
      phase: 'Error',
      message: /^could not parse group label at index 0$/,
    },
    {
      what: 'text where numbers should be',
      answer: columns(numbers('0.1')),
      phase: 'Error',
      message: /^Could not parse JSON body: data\.attributes\.columns\[0\]/,
    },
  ],
  misconfigured: [
    {
      what: 'a query beside queries',
      provider: metric({ apiVersion: 'v2', queries: { a: 'b' } }),
      message: /^provider\.datadog\.queries: Cannot have both a query and queries/,
    },
    {
      what: 'a formula without queries',
      provider: metric({ apiVersion: 'v2', formula: 'a' }),
      message: /^provider\.datadog\.formula: Formula are only valid when queries are set/,
    },
    {
      what: 'several queries without a formula',
      provider: metric({ apiVersion: 'v2', query: '', queries: { a: 'x', b: 'y' } }),
      message: /^provider\.datadog\.formula: When multiple queries are provided you must include a formula\./,
    },
    {
      what: 'a time limit of nothing',
      provider: metric({ apiVersion: 'v2', requestTimeout: '0s' }),
      message: /^provider\.datadog\.requestTimeout: Request timeout must be a positive duration/,
    },
  ],
}
