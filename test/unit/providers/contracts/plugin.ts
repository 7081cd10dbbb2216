import assert from 'node:assert/strict'
import { credentialReader } from '../../../../src/plugins/credentials.ts'
import type { Answer } from '../../../builders/answering-server.ts'
import { pluginName, pluginsWith } from '../../../builders/plugins.ts'
import type { ProviderContract } from '../../../builders/provider-contract.ts'
import { secretClient } from '../../../builders/secret-client.ts'

const token = 'token-of-a-plugin'
const provider = () => ({ plugin: { [pluginName]: { service: 'web' } } })

const answering = (body: object): Answer => ({ body: JSON.stringify(body) })

/** A metric plugin by the contract of `docs/plugins.md`. */
export const pluginContract: ProviderContract = {
  name: 'plugin',
  provider,
  secrets: () => ({ 'argo-rollouts/plugin-token': { token } }),
  plugins: ({ address, clock, secrets }) => {
    const readCredentials = credentialReader(secretClient(secrets), 'argo-rollouts')
    const tokenFrom = { secretKeyRef: { name: 'plugin-token', key: 'token' } }
    return pluginsWith({ location: `${address}/below/`, tokenFrom }, { clock, readCredentials })
  },
  hidden: [token],
  beforehand: ({ url }) =>
    url.endsWith('/v1/describe') ? answering({ contract: 'v1', kinds: ['metric'] }) : undefined,
  good: answering({ value: 0.99 }),
  timeLimitMs: 10_000,
  asked: ([request]) => {
    assert.deepEqual([request?.method, request?.url], ['POST', '/below/v1/metric/run'])
    assert.equal(request?.headers.authorization, `Bearer ${token}`)
    const { plugin, config, ordinal, metric, analysisRun } = JSON.parse(request?.body ?? '')
    assert.deepEqual([plugin, config, ordinal], [pluginName, { service: 'web' }, 1])
    assert.deepEqual([metric.name, analysisRun.kind], ['error-rate', 'AnalysisRun'])
  },
  cases: [
    {
      what: 'a value that is good',
      answer: answering({ value: 0.99 }),
      condition: 'result >= 0.95',
      phase: 'Successful',
      value: '0.99',
    },
    {
      what: 'a value that is not',
      answer: answering({ value: 0.5 }),
      condition: 'result >= 0.95',
      phase: 'Failed',
      value: '0.5',
    },
    {
      what: 'no value, where the plugin says that it has none',
      answer: answering({ value: null }),
      condition: 'result >= 0.95',
      phase: 'Error',
      message: /metric result is nil or empty/,
    },
    { what: 'an empty list', answer: answering({ value: [] }), condition: 'result[0] > 1', phase: 'Error' },
    {
      what: 'a text where a number should be',
      answer: answering({ value: 'NaN' }),
      condition: 'result >= 0.95',
      phase: 'Error',
      message: /could not evaluate successCondition/,
    },
    {
      what: 'a verdict of its own, with notes',
      answer: answering({ phase: 'Inconclusive', value: [1, 2], message: 'too few', metadata: { samples: '2' } }),
      phase: 'Inconclusive',
      value: '[1,2]',
      message: /^too few$/,
      metadata: { samples: '2' },
    },
    {
      what: 'an error of its own',
      answer: answering({ phase: 'Error', message: 'the database is away' }),
      phase: 'Error',
      message: /^the database is away$/,
    },
    {
      what: 'a refusal with a sentence',
      answer: { status: 400, body: '{"message":"there is no service web"}' },
      phase: 'Error',
      message: /status 400: there is no service web$/,
    },
    {
      what: 'neither a verdict nor a value',
      answer: answering({}),
      phase: 'Error',
      message: /must have a phase, or a value/,
    },
    {
      what: 'a phase that is none',
      answer: answering({ phase: 'Great' }),
      phase: 'Error',
      message: /does not allow: phase/,
    },
  ],
  misconfigured: [
    {
      what: 'a plugin that is not configured',
      provider: () => ({ plugin: { 'acme/other': {} } }),
      message: /^plugin acme\/other not configured in configmap/,
    },
  ],
}
