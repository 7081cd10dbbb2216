import assert from 'node:assert/strict'
import type { WebMetric } from '../../../../src/api/providers/web.ts'
import type { ProviderContract } from '../../../builders/provider-contract.ts'

const token = 'web-service-bearer-token'
const metric =
  (over: Partial<WebMetric> = {}) =>
  (address: string) => ({ web: { url: `${address}/score?app=web`, authentication: { bearerToken: token }, ...over } })

const published = 'the message is the published one, with the status alone: scripts compare it'
const anything = 'whatever a service answers with 2xx is its value, as published'

/** A web service of anybody. */
export const webContract: ProviderContract = {
  name: 'web',
  provider: metric({ jsonPath: '{$.score}' }),
  hidden: [token],
  good: { body: '{"score":0.97}' },
  timeLimitMs: 10_000,
  asked: ([request]) => {
    assert.deepEqual([request?.method, request?.url], ['GET', '/score?app=web'])
    assert.equal(request?.headers.authorization, `Bearer ${token}`)
  },
  cases: [
    {
      what: 'a good value',
      answer: { body: '{"score":0.97}' },
      condition: 'result >= 0.95',
      phase: 'Successful',
      value: '0.97',
    },
    {
      what: 'a bad value',
      answer: { body: '{"score":0.5}' },
      condition: 'result >= 0.95',
      phase: 'Failed',
      value: '0.5',
    },
    {
      what: 'a text where a number should be',
      answer: { body: '{"score":"fine"}' },
      condition: 'result >= 0.95',
      phase: 'Error',
      message: /could not evaluate successCondition/,
    },
    {
      what: 'JSON without the member',
      answer: { body: '{"other":1}' },
      phase: 'Error',
      message: /^Could not find JSONPath in body: score is not found$/,
    },
    {
      what: 'a redirect, which is followed',
      answer: ({ url }) =>
        url === '/there' ? { body: '{"score":1}' } : { status: 302, headers: { location: '/there' } },
      phase: 'Successful',
      value: '1',
    },
    {
      what: 'another status than 2xx',
      answer: { status: 404 },
      phase: 'Error',
      message: /^received non 2xx response code: 404$/,
    },
  ],
  misconfigured: [
    {
      what: 'two bodies',
      provider: metric({ method: 'POST', body: 'x', jsonBody: {} }),
      message: /^use either Body or JSONBody/,
    },
    { what: 'an address that is none', provider: () => ({ web: { url: 'score' } }), message: /must begin with http/ },
    {
      what: 'an AWS signature, which is for Prometheus',
      provider: metric({ authentication: { sigv4: { region: 'eu-west-1' } } }),
      message: /^authentication\.sigv4 signs for Amazon Managed Service for Prometheus/,
    },
  ],
  exempt: {
    'refused credentials': published,
    'throttled, in trouble': published,
    malformed: anything,
    HTML: anything,
  },
}
