import assert from 'node:assert/strict'
import type { KayentaMetric } from '../../../../src/api/providers/kayenta.ts'
import type { Answer, SeenRequest } from '../../../builders/answering-server.ts'
import type { ContractCase, MisconfiguredCase, ProviderContract } from '../../../builders/provider-contract.ts'

const scope = (name: string) => ({ scope: name, region: 'us-west-1', step: 60 })

const metric =
  (over: Partial<KayentaMetric> = {}) =>
  (address: string) => ({
    kayenta: {
      address: `${address}/kayenta/`,
      application: 'guestbook',
      canaryConfigName: 'latency',
      metricsAccountName: 'metrics',
      configurationAccountName: 'configs',
      storageAccountName: 'storage',
      threshold: { pass: 90, marginal: 75 },
      lookback: true,
      scopes: [{ name: 'default', controlScope: scope('stable'), experimentScope: scope('canary') }],
      ...over,
    },
  })

const judged = (score: number): Answer => ({
  body: JSON.stringify({ complete: true, status: 'succeeded', result: { judgeResult: { score: { score } } } }),
})

const configs: Answer = { body: '[{"id":"7","name":"latency"}]' }
const started: Answer = { body: '{"canaryExecutionId":"01ABC"}' }

const isConfigs = ({ url }: SeenRequest): boolean => url.includes('/canaryConfig')
const isStart = ({ method }: SeenRequest): boolean => method === 'POST'

/** Kayenta as its REST API documents it, where everything goes well. */
const allGood = (request: SeenRequest): Answer =>
  isConfigs(request) ? configs : isStart(request) ? started : judged(95)

const question = ({ method, url }: SeenRequest): string => {
  const { pathname, searchParams } = new URL(url, 'http://kayenta')
  return [method, pathname, ...[...searchParams].map(([name, value]) => `${name}=${value}`)].join(' ')
}

const configsQuestion = 'GET /kayenta/canaryConfig application=guestbook configurationAccountName=configs'
const startQuestion =
  'POST /kayenta/canary/7 application=guestbook metricsAccountName=metrics configurationAccountName=configs storageAccountName=storage'
const verdictQuestion = 'GET /kayenta/canary/01ABC'

/** One of the three questions: the others are answered as they should be. */
const contractOf = (
  about: string,
  isBefore: (request: SeenRequest) => boolean,
  questions: readonly string[],
  cases: readonly ContractCase[],
  misconfigured: readonly MisconfiguredCase[] = [],
): ProviderContract => ({
  name: 'kayenta',
  about,
  provider: metric(),
  hidden: [],
  good: allGood,
  beforehand: (request) => (isBefore(request) ? allGood(request) : undefined),
  asked: (requests) => assert.deepEqual(requests.map(question), questions),
  cases,
  misconfigured,
  timeLimitMs: 15_000,
})

/** Spinnaker's Kayenta, `GET /canaryConfig`: which id a configuration has. */
export const kayentaConfigContract = contractOf(
  'asked for its configurations',
  () => false,
  [configsQuestion, startQuestion, verdictQuestion],
  [
    {
      what: 'a list without the configuration',
      answer: { body: '[{"id":"1","name":"other"}]' },
      phase: 'Error',
      message: /^Canary config not found: latency of the application guestbook$/,
    },
    { what: 'no configurations', answer: { body: '[]' }, phase: 'Error', message: /^Canary config not found: latency/ },
    {
      what: 'an application that Kayenta does not know',
      answer: { status: 404, body: '{"message":"Unable to resolve account configs"}' },
      phase: 'Error',
      message: /404 .*Unable to resolve account configs/,
    },
  ],
  [
    {
      what: 'an address that is none',
      provider: () => metric({ address: 'kayenta' })('http://kayenta'),
      message: /^provider\.kayenta\.address must be a URL/,
    },
    {
      what: 'no time to judge',
      provider: metric({ lookback: false }),
      message: /^interval: /,
    },
    {
      what: 'one end of a time',
      provider: metric({
        scopes: [
          { name: 'a', controlScope: { ...scope('s'), start: '2026-01-01T00:00:00Z' }, experimentScope: scope('c') },
        ],
      }),
      message: /^provider\.kayenta\.scopes\[0\]: controlScope\.start and experimentScope\.start must both be set/,
    },
  ],
)

/** Spinnaker's Kayenta, `POST /canary/{id}`: begins to judge. */
export const kayentaStartContract = contractOf(
  'told to judge',
  isConfigs,
  [startQuestion, verdictQuestion],
  [
    {
      what: 'a judgement that cannot begin',
      answer: { status: 400, body: '{"message":"Scope default is not defined"}' },
      phase: 'Error',
      message: /400 .*Scope default is not defined/,
    },
    { what: 'an execution without an id', answer: { body: '{"canaryExecutionId":""}' }, phase: 'Error' },
  ],
)

/** Spinnaker's Kayenta, `GET /canary/{execution}`: how it went. */
export const kayentaVerdictContract = contractOf(
  'asked for its judgement',
  (request) => isConfigs(request) || isStart(request),
  [verdictQuestion],
  [
    { what: 'a score that passes', answer: judged(90.4), phase: 'Successful', value: '90' },
    { what: 'a score that is marginal', answer: judged(75), condition: 'false', phase: 'Inconclusive', value: '75' },
    { what: 'a score that fails', answer: judged(74.9), phase: 'Failed', value: '74' },
    {
      what: 'a judgement that goes on for a while',
      answer: (() => {
        let asked = 0
        return () => (asked++ === 0 ? { body: '{"complete":false,"status":"running"}' } : judged(91))
      })(),
      phase: 'Successful',
      value: '91',
    },
    {
      what: 'a judgement without a score, and why',
      answer: { body: '{"complete":true,"status":"terminal","exception":{"message":"no data points for baseline"}}' },
      phase: 'Error',
      message: /^Missing Score: .*\(no data points for baseline\)$/,
    },
    {
      what: 'a score that is text',
      answer: { body: '{"complete":true,"result":{"judgeResult":{"score":{"score":"95"}}}}' },
      phase: 'Error',
    },
    {
      what: 'an execution that Kayenta has forgotten',
      answer: { status: 404, body: 'Could not find execution' },
      phase: 'Error',
      message: /404 Could not find execution/,
    },
  ],
)
