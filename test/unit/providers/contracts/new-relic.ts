import assert from 'node:assert/strict'
import type { NewRelicMetric } from '../../../../src/api/providers/new-relic.ts'
import type { Answer } from '../../../builders/answering-server.ts'
import type { ProviderContract } from '../../../builders/provider-contract.ts'

const key = 'NRAK-0123456789ABCDEFGHIJKLMNOPQ'
const account = (address: string) => ({
  'personal-api-key': key,
  'account-id': '1234567',
  'base-url-nerdgraph': `${address}/graphql`,
})

const query = "FROM Transaction SELECT percentage(count(*), WHERE httpResponseCode != '500') AS successRate"
const metric =
  (over: Partial<NewRelicMetric> = {}) =>
  () => ({ newRelic: { query, ...over } })

const rows = (...results: readonly Readonly<Record<string, unknown>>[]): Answer => ({
  body: JSON.stringify({ data: { actor: { account: { nrql: { results } } } } }),
})
const errors = (...messages: readonly string[]): Answer => ({
  body: JSON.stringify({ data: { actor: null }, errors: messages.map((message) => ({ message })) }),
})

const withSecret = (over: Readonly<Record<string, string>>) => ({
  'argo-rollouts/newrelic': { ...account('http://new-relic.test'), ...over },
})

/** NerdGraph, "Use NerdGraph to run NRQL queries". */
export const newRelicContract: ProviderContract = {
  name: 'newRelic',
  provider: metric({ profile: 'production', timeout: 20 }),
  secrets: (address) => ({ 'argo-rollouts/production': account(address) }),
  hidden: [key],
  good: rows({ successRate: 99.5 }),
  timeLimitMs: 25_000,
  asked: ([request]) => {
    assert.deepEqual([request?.method, request?.url, request?.headers['api-key']], ['POST', '/graphql', key])
    const body = JSON.parse(request?.body ?? '')
    assert.match(body.query, /^query \(\$accountId: Int!, \$query: Nrql!, \$timeout: Seconds\)/)
    assert.deepEqual(body.variables, { accountId: 1234567, query, timeout: 20 })
  },
  cases: [
    {
      what: 'one row, which is a map',
      answer: rows({ successRate: 99.5, 'average.duration': 0.25 }),
      condition: "result.successRate > 99 && result['average.duration'] < 1",
      phase: 'Successful',
      value: '{"average.duration":0.25,"successRate":99.5}',
    },
    {
      what: 'several rows, which are a list',
      answer: rows({ facet: '/a', count: 1 }, { facet: '/<b>', count: 70 }),
      condition: 'all(result, .count < 50)',
      phase: 'Failed',
      value: '[{"count":1,"facet":"/a"},{"count":70,"facet":"/\\u003cb\\u003e"}]',
    },
    {
      what: 'an aggregate over nothing',
      answer: rows({ 'average.duration': null }),
      condition: "result['average.duration'] < 1",
      phase: 'Error',
      message: /could not evaluate successCondition/,
    },
    { what: 'no rows', answer: rows(), phase: 'Error', message: /^no results returned from NRQL query$/ },
    { what: 'an empty row', answer: rows({}), phase: 'Error', message: /^no results returned from NRQL query$/ },
    {
      what: 'a query that NRQL does not know',
      answer: errors("NRQL Syntax Error: Error at line 1 position 1, unexpected 'FORM'", 'second'),
      phase: 'Error',
      message: /^graphql: NRQL Syntax Error: Error at line 1 position 1, unexpected 'FORM'; second$/,
    },
    {
      what: 'an error beside data, which is an error all the same',
      answer: {
        body: JSON.stringify({
          data: { actor: { account: { nrql: { results: [{ count: 1 }] } } } },
          errors: [{ message: 'An error occurred resolving this field', extensions: { errorClass: 'TIMEOUT' } }],
        }),
      },
      phase: 'Error',
      message: /^graphql: An error occurred resolving this field$/,
    },
    {
      what: 'an account that the key may not see',
      answer: { body: '{"data":{"actor":{"account":null}}}' },
      phase: 'Error',
      message: /^Could not parse JSON body: data\.actor\.account: .*null/,
    },
    {
      what: 'text as a number',
      answer: rows({ successRate: '99.5' }),
      condition: 'asFloat(result.successRate) > 99',
      phase: 'Successful',
      value: '{"successRate":"99.5"}',
    },
  ],
  misconfigured: [
    { what: 'a metric without query', provider: metric({ query: ' ' }), message: /^provider\.newRelic\.query: / },
    { what: 'a negative timeout', provider: metric({ timeout: -1 }), message: /^provider\.newRelic\.timeout: / },
    {
      what: 'an account that is no number',
      provider: metric(),
      secrets: withSecret({ 'account-id': 'main' }),
      message: /^could not parse account ID: account-id in the Secret argo-rollouts\/newrelic must be a number$/,
    },
    {
      what: 'a region that New Relic does not have',
      provider: metric(),
      secrets: withSecret({ region: 'mars', 'base-url-nerdgraph': '' }),
      message: /^unknown region "mars" in the Secret argo-rollouts\/newrelic: use us or eu$/,
    },
    {
      what: 'an address that is none',
      provider: metric(),
      secrets: withSecret({ 'base-url-nerdgraph': 'proxy' }),
      message: /^base-url-nerdgraph in the Secret argo-rollouts\/newrelic must be a URL/,
    },
  ],
}
