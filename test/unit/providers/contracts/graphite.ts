import assert from 'node:assert/strict'
import type { GraphiteMetric } from '../../../../src/api/providers/graphite.ts'
import type { Answer } from '../../../builders/answering-server.ts'
import type { ProviderContract } from '../../../builders/provider-contract.ts'

const query = 'target=summarize(\n  asPercent(errors.*.{a,b}),\n  "5min"\n)&from=-5min'
const metric =
  (over: Partial<GraphiteMetric> = {}) =>
  (address: string) => ({
    graphite: { address: `${address}/graphite/`, query, ...over },
  })

const points = (...values: readonly unknown[]): Answer => ({
  body: JSON.stringify([{ target: 'errors', tags: {}, datapoints: values.map((value, i) => [value, 1700000000 + i]) }]),
})

/** Graphite, "The Render URL API". */
export const graphiteContract: ProviderContract = {
  name: 'graphite',
  provider: metric(),
  hidden: [],
  good: points(1),
  timeLimitMs: 10_000,
  asked: ([request]) => {
    const { pathname, searchParams } = new URL(request?.url ?? '', 'http://graphite')
    assert.deepEqual([request?.method, pathname], ['GET', '/graphite/render'])
    assert.deepEqual(Object.fromEntries(searchParams), {
      target: 'summarize( asPercent(errors.*.{a,b}), "5min" )',
      from: '-5min',
      format: 'json',
    })
  },
  cases: [
    {
      what: 'the points of the first series, without gaps',
      answer: points(0.3332, null, 90),
      condition: 'result[1] >= 90.000000',
      phase: 'Successful',
      value: '[0.333200,90.000000]',
    },
    {
      what: 'a point that is too low',
      answer: points(1),
      condition: 'result[0] > 90',
      phase: 'Failed',
      value: '[1.000000]',
    },
    {
      what: 'numbers as text, infinity, and NaN',
      answer: points('0.5', 'inf', 'NaN'),
      condition: 'result[0] == 0.5 && isInf(result[1]) && isNaN(result[2])',
      phase: 'Successful',
      value: '[0.500000,+Inf,NaN]',
    },
    {
      what: 'a number beyond all bounds, as Graphite writes infinity',
      answer: { body: '[{"target":"a","datapoints":[[1e9999,1]]}]' },
      condition: 'isInf(result[0])',
      phase: 'Successful',
      value: '[+Inf]',
    },
    { what: 'no series', answer: { body: '[]' }, phase: 'Error', message: /^no values found$/ },
    { what: 'a series without points', answer: points(), phase: 'Error', message: /^no values found$/ },
    {
      what: 'a series of gaps',
      answer: points(null, null),
      condition: 'result[0] < 1',
      phase: 'Error',
      message: /metric result is nil or empty/,
    },
    {
      what: 'text that is no number',
      answer: points('up'),
      phase: 'Error',
      message:
        /^Could not parse JSON body: \[0\]\.datapoints\[0\]\[0\]: strconv\.ParseFloat: parsing "up": invalid syntax/,
    },
    {
      what: 'points that are no pairs',
      answer: { body: '[{"target":"a","datapoints":[[1]]}]' },
      phase: 'Error',
      message: /^Could not parse JSON body: \[0\]\.datapoints\[0\]/,
    },
    {
      what: 'a target that Graphite does not know',
      answer: { status: 400, body: 'Unknown function: sumSeris' },
      phase: 'Error',
      message: /^received non 2xx response code: 400 Unknown function: sumSeris$/,
    },
  ],
  misconfigured: [
    {
      what: 'a metric without target',
      provider: metric({ query: 'errors.*' }),
      message: /^provider\.graphite\.query: must hold a target/,
    },
    { what: 'no address', provider: metric({ address: '' }), message: /^provider\.graphite\.address must be a URL/ },
    {
      what: 'an address that is none',
      provider: metric({ address: 'graphite:80' }),
      message: /^provider\.graphite\.address must/,
    },
  ],
}
