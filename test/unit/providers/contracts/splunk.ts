import assert from 'node:assert/strict'
import type { SplunkMetric } from '../../../../src/api/providers/splunk.ts'
import type { Answer } from '../../../builders/answering-server.ts'
import type { ProviderContract } from '../../../builders/provider-contract.ts'

const token = 'eyJraWQiOiJzcGx1bmsuc2VjcmV0'
const query = 'index=web status>=500 | stats count AS errors'
const metric =
  (over: Partial<SplunkMetric> = {}) =>
  () => ({ splunk: { query, interval: '10m', ...over } })

const rows = (...results: readonly Readonly<Record<string, string>>[]): Answer => ({
  body: JSON.stringify({ preview: false, init_offset: 0, messages: [], fields: [{ name: 'errors' }], results }),
})

const messages = (type: string, text: string, results?: readonly object[]): Answer => ({
  body: JSON.stringify({ messages: [{ type, text }], ...(results && { results }) }),
})

/** Splunk REST API: a search in one shot. */
export const splunkContract: ProviderContract = {
  name: 'splunk',
  provider: metric(),
  secrets: (address) => ({ 'argo-rollouts/splunk': { address, token } }),
  hidden: [token],
  good: rows({ errors: '3' }),
  timeLimitMs: 30_000,
  asked: ([request]) => {
    assert.deepEqual([request?.method, request?.url], ['POST', '/services/search/jobs'])
    const form = new URLSearchParams(request?.body)
    assert.equal(form.get('search'), `search ${query}`)
    assert.deepEqual([form.get('exec_mode'), form.get('output_mode')], ['oneshot', 'json'])
    assert.equal(Math.round(Number(form.get('latest_time')) - Number(form.get('earliest_time'))), 600)
    assert.equal(request?.headers.authorization, `Bearer ${token}`)
  },
  cases: [
    {
      what: 'a row, whose numbers are numbers',
      answer: rows({ errors: '3', host: 'web-1', ratio: '-1.5e-3' }),
      condition: 'result[0].errors < 5 && result[0].host == "web-1"',
      phase: 'Successful',
      value: '[{"errors":3,"host":"web-1","ratio":-0.0015}]',
    },
    {
      what: 'a number that is too high',
      answer: rows({ errors: '7' }),
      condition: 'result[0].errors < 5',
      phase: 'Failed',
      value: '[{"errors":7}]',
    },
    {
      what: 'no rows',
      answer: rows(),
      condition: 'result[0].errors < 5',
      phase: 'Error',
      message: /no data returned|index out of range/,
    },
    {
      what: 'a search that is none',
      answer: messages('FATAL', "Unknown search command 'stts'."),
      phase: 'Error',
      message: /^the search failed: Unknown search command 'stts'\./,
    },
    {
      what: 'messages alone',
      answer: messages('INFO', 'nothing to tell'),
      phase: 'Error',
      message: /has no results/,
    },
    {
      what: 'warnings, which are shown',
      answer: messages('WARN', 'a peer is down', [{ errors: '1' }]),
      phase: 'Successful',
      value: '[{"errors":1}]',
      metadata: { warnings: 'a peer is down' },
    },
  ],
  misconfigured: [
    {
      what: 'a Secret with neither token nor user',
      provider: metric(),
      secrets: { 'argo-rollouts/splunk': { address: 'https://splunk:8089' } },
      message: /argo-rollouts\/splunk has neither token nor username/,
    },
    {
      what: 'an interval of nothing',
      provider: metric({ interval: '0s' }),
      message: /^provider\.splunk\.interval: the duration must be more than 0/,
    },
  ],
}
