import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Metric } from '../../../../src/api/metric.ts'
import { conditionFaults, queryFaults } from '../../../../src/api/validation/metric-queries.ts'

const metric = (query: string, more: Partial<Metric> = {}): Metric => ({
  name: 'm',
  provider: { prometheus: { query } },
  ...more,
})

/** The fault of a query, with nothing known about its arguments unless they are given. */
const faultOf = (query: string, args: Record<string, string> = {}): string | undefined =>
  queryFaults(metric(query), (name) => args[name])[0]?.replace('provider.prometheus.query is no PromQL: ', '')

describe('a PromQL query', () => {
  for (const query of [
    'sum(rate(http_requests_total{code!~"5.."}[5m])) / sum(rate(http_requests_total[5m]))',
    'histogram_quantile(0.99, sum by (le) (rate(x_bucket{app=~`a|b`}[1h30m])))',
    'x offset -5m > bool 1',
    'x[5m:1m] @ end()',
    '{"a name with spaces"}',
    '# a comment\nup',
  ]) {
    it(`may be ${query}`, () => assert.equal(faultOf(query), undefined))
  }

  for (const [query, message] of [
    ['', 'the query is empty (1:1)'],
    ['sum(rate(x[5m])', 'the query ends too early (1:16)\n | sum(rate(x[5m])\n | ...............^'],
    ['x{a=b}', 'unexpected "b" (1:5)\n | x{a=b}\n | ....^'],
    ['x{a="b}', 'the query ends too early (1:8)\n | x{a="b}\n | .......^'],
    ['up)', 'unexpected ")" (1:3)\n | up)\n | ..^'],
    ['x == == 1', 'unexpected "=" (1:6)\n | x == == 1\n | .....^'],
    ['"ä" +\n  (1 +) 2', 'unexpected ")" (2:7)\n |   (1 +) 2\n | ......^'],
    ['sum(raet(x[5m]))', 'unknown function raet; is it rate? (1:5)\n | sum(raet(x[5m]))\n | ....^'],
    ['summ(x)', 'unknown function summ; is it sum? (1:1)\n | summ(x)\n | ^'],
  ] as const) {
    it(`may not be ${JSON.stringify(query)}`, () => assert.equal(faultOf(query), message))
  }

  for (const query of [
    'rate(x[5m]) default 0',
    'WITH (a = {app="web"}) sum(rate(x{a}[5m]))',
    'rate(x[])',
    'x{a="1" or b="2"}',
    'median(x)',
    'tmax_over_time(x[5m])',
    'a_function_of_the_future(x)',
  ]) {
    it(`is not judged where another server may know more: ${query}`, () => assert.equal(faultOf(query), undefined))
  }

  it('is not read when it is so long that reading it would hold up everybody', () => {
    assert.equal(faultOf('x{'.repeat(50_000)), undefined)
    assert.match(faultOf('x{'.repeat(4000)) ?? '', /^unexpected "/)
  })

  it('is no extension of another server because of what a text in it says', () => {
    assert.match(faultOf('x{a="WITH ("} default"') ?? 'nothing', /nothing/)
    assert.match(faultOf('x{a="default"} == == 1') ?? 'nothing', /^unexpected "="/)
  })
})

describe('a query with arguments', () => {
  for (const query of [
    'sum(rate(x{app="{{args.app}}"}[{{args.window}}]))',
    'x[1h:{{ args.step }}] offset {{args.ago}}',
    'x @ {{args.at}} > {{args.threshold}}',
    '{{args.query}}',
    '{{args.metric}}{ {{args.label}}="a"}',
    'x{ {{args.matchers}} }',
    'a {{args.operator}} b',
  ]) {
    it(`is let through while nothing is known of them: ${query}`, () => assert.equal(faultOf(query), undefined))
  }

  it('is refused for what they do not touch, with a caret in the text as it was written', () => {
    assert.equal(
      faultOf('sum(rate(x{app="{{args.app}}"}[{{args.window}}])'),
      'the query ends too early (1:49)\n | sum(rate(x{app="{{args.app}}"}[{{args.window}}])\n | ' +
        `${'.'.repeat(48)}^`,
    )
  })

  it('is refused for values that are known', () => {
    assert.equal(
      faultOf('rate(x[{{args.window}}])', { window: 'soon' }),
      'unexpected "soon" (1:8)\n | rate(x[soon])\n | .......^',
    )
    assert.equal(faultOf('rate(x[{{args.window}}])', { window: '5m' }), undefined)
  })
})

describe('the queries of a metric', () => {
  it('include the one that counts requests', () => {
    const minimumRequests = { count: 1, query: 'sum(x' }
    assert.match(
      queryFaults(metric('up', { minimumRequests }), () => undefined)[0] ?? '',
      /^minimumRequests.query is no PromQL: /,
    )
  })

  it('are PromQL for Google Cloud Monitoring too, unless they are in its own language', () => {
    const of = (queryLanguage?: 'promql' | 'mql') => ({
      name: 'm',
      provider: { googleCloudMonitoring: { project: 'p', query: 'sum(x', ...(queryLanguage && { queryLanguage }) } },
    })
    assert.equal(queryFaults(of(), () => undefined).length, 1)
    assert.equal(queryFaults(of('promql'), () => undefined).length, 1)
    assert.deepEqual(
      queryFaults(of('mql'), () => undefined),
      [],
    )
  })

  it('of other providers are their own affair', () => {
    assert.deepEqual(
      queryFaults({ name: 'm', provider: { datadog: { query: 'sum(' } } }, () => undefined),
      [],
    )
  })
})

describe('a condition', () => {
  const faultsOf = (successCondition: string, args: Record<string, string> = {}): string[] =>
    conditionFaults(metric('up', { successCondition }), (name) => args[name])

  for (const condition of [
    '',
    'result[0] >= 0.95 && result[0] <= {{args.most}}',
    'result in ["{{args.a}}", "b"]',
    'nobody.knows(this)',
    'result[0] {{args.operator}} 1',
  ]) {
    it(`may be ${condition || 'empty'}`, () => assert.deepEqual(faultsOf(condition), []))
  }

  for (const [condition, fault] of [
    ['result[0] >=', 'unexpected token EOF (1:13)\n | result[0] >=\n | ............^'],
    ['(result > 1', 'unexpected token EOF (1:12)\n | (result > 1\n | ...........^'],
    ['"ä" == result ]', 'unexpected token Bracket("]") (1:15)\n | "ä" == result ]\n | ..............^'],
  ] as const) {
    it(`may not be ${condition}`, () =>
      assert.deepEqual(faultsOf(condition), [`successCondition cannot be read: ${fault}`]))
  }

  it('is told with the arguments that are known, and without those that are not', () => {
    assert.match(
      faultsOf('result > {{args.least}} )', { least: '5' })[0] ?? '',
      /\(1:12\)\n \| result > 5 \)\n \| \.{11}\^$/,
    )
    assert.match(faultsOf('result > 1 + ) {{args.a}}')[0] ?? '', /\n \| result > 1 \+ \) \{\{args.a\}\}\n/)
  })
})
