import assert from 'node:assert/strict'
import type { InfluxdbMetric } from '../../../../src/api/providers/influxdb.ts'
import type { Answer } from '../../../builders/answering-server.ts'
import type { ProviderContract } from '../../../builders/provider-contract.ts'

const token = 'lIsbPdfnjHQ0wHpuU0J7EXAMPLEtokenWithPadding=='
const query = 'from(bucket: "app")\n  |> range(start: -15m)'
const metric =
  (over: Partial<InfluxdbMetric> = {}) =>
  () => ({ influxdb: { query, ...over } })

const csv = (...lines: readonly string[]): Answer => ({
  headers: { 'content-type': 'text/csv; charset=utf-8' },
  body: lines.map((line) => `${line}\r\n`).join(''),
})
const table = (type: string, ...values: readonly string[]): string[] => [
  '#group,false,false,false,true',
  `#datatype,string,long,${type},string`,
  '#default,_result,,,',
  ',result,table,_value,host',
  ...values.map((value) => `,,0,${value},"a, ""b"""`),
  '',
]

/** InfluxDB, "Query data" of its HTTP API (`POST /api/v2/query`), and "Annotated CSV". */
export const influxdbContract: ProviderContract = {
  name: 'influxdb',
  provider: metric({ profile: 'app-influxdb' }),
  secrets: (address) => ({ 'argo-rollouts/app-influxdb': { address: `${address}/`, org: 'my org', authToken: token } }),
  hidden: [token],
  good: csv(...table('double', '0.5')),
  timeLimitMs: 30_000,
  asked: ([request]) => {
    assert.deepEqual([request?.method, request?.url], ['POST', '/api/v2/query?org=my+org'])
    assert.equal(request?.headers.authorization, `Token ${token}`)
    assert.deepEqual(JSON.parse(request?.body ?? ''), {
      query,
      type: 'flux',
      dialect: { annotations: ['datatype', 'group', 'default'], delimiter: ',', header: true },
    })
  },
  cases: [
    {
      what: 'the values of all records of all tables',
      answer: csv(...table('double', '0.001', '1000000'), ...table('long', '3')),
      condition: 'result[0] <= 0.01 && result[2] == 3',
      phase: 'Successful',
      value: '[0.001 1e+06 3]',
    },
    {
      what: 'a value that is too high',
      answer: csv(...table('double', '0.5')),
      condition: 'result[0] <= 0.01',
      phase: 'Failed',
      value: '[0.5]',
    },
    {
      what: 'infinity and NaN',
      answer: csv(...table('double', '+Inf', 'NaN')),
      condition: 'isInf(result[0]) && isNaN(result[1])',
      phase: 'Successful',
      value: '[+Inf NaN]',
    },
    {
      what: 'values of other types',
      answer: csv(
        ...table('boolean', 'true', 'false'),
        ...table('string', 'up'),
        ...table('unsignedLong', '18446744073709551615'),
        ...table('duration', '1h30m'),
        ...table('dateTime:RFC3339', '2026-01-01T00:00:00Z'),
        ...table('base64Binary', 'YWI='),
      ),
      condition: 'result[0] && !result[1] && result[2] == "up"',
      phase: 'Successful',
      value: '[true false up 18446744073709551615 1h30m0s 2026-01-01 00:00:00 +0000 UTC [97 98]]',
    },
    {
      what: 'an empty cell, which is nil',
      answer: csv(...table('double', '')),
      condition: 'result[0] == nil',
      phase: 'Successful',
      value: '[<nil>]',
    },
    {
      what: 'an empty cell of a column that has a default',
      answer: csv('#datatype,double', '#default,7', ',_value', ',""', ','),
      condition: 'result == [7, 7]',
      phase: 'Successful',
      value: '[7 7]',
    },
    { what: 'no tables', answer: csv(''), phase: 'Error', message: /^no results returned from flux query$/ },
    {
      what: 'a query that is wrong',
      answer: { status: 400, body: '{"code":"invalid","message":"compilation failed: error at @1:1"}' },
      phase: 'Error',
      message: /^received non 2xx response code: 400 .*compilation failed: error at @1:1/,
    },
    {
      what: 'an error after the answer has begun, which leaves the values before it no answer',
      answer: csv(
        ...table('double', '0.001'),
        '#datatype,string,string',
        '#group,true,true',
        '#default,,',
        ',error,reference',
        ',Failed to parse query,897',
      ),
      phase: 'Error',
      message: /^Failed to parse query,897$/,
    },
    {
      what: 'records without a value',
      answer: csv('#datatype,string,double', '#default,,', ',host,count', ',a,1'),
      phase: 'Error',
      message: /^the query gives no column _value, but host, count; rename\(\) or map\(\) makes one$/,
    },
    {
      what: 'text where the table says number',
      answer: csv(...table('double', 'up')),
      phase: 'Error',
      message: /^the column _value: strconv\.ParseFloat: parsing "up": invalid syntax$/,
    },
    {
      what: 'a type that InfluxDB does not document',
      answer: csv(...table('complex', '1i')),
      phase: 'Error',
      message: /^the column _value: unknown data type complex$/,
    },
    {
      what: 'a row that is cut off',
      answer: csv(...table('double', '1').slice(0, -1), ',,0'),
      phase: 'Error',
      message: /^parsing error, row has different number of columns than the table: 2 vs 4$/,
    },
  ],
  misconfigured: [
    { what: 'a metric without query', provider: metric({ query: '' }), message: /^provider\.influxdb\.query: / },
    {
      what: 'a Secret without organisation',
      provider: metric(),
      secrets: { 'argo-rollouts/influxdb': { address: 'http://influx.test', authToken: token } },
      message:
        /^authToken, org, or address not found: set authToken, org and address in the Secret argo-rollouts\/influxdb$/,
    },
    {
      what: 'an address that is none',
      provider: metric(),
      secrets: { 'argo-rollouts/influxdb': { address: 'influx:8086', org: 'o', authToken: token } },
      message: /^the address of InfluxDB must be a URL/,
    },
  ],
}
