import assert from 'node:assert/strict'
import type { SignalFxMetric } from '../../../../src/api/providers/signal-fx.ts'
import type { Answer } from '../../../builders/answering-server.ts'
import type { ProviderContract } from '../../../builders/provider-contract.ts'

const token = 'SFX0EXAMPLE1TOKEN2'
const query = "data('requests.errors').sum().publish()"
const metric =
  (over: Partial<SignalFxMetric> = {}) =>
  (address: string) => ({ signalFx: { address, query, interval: '10m', ...over } })

const event = (type: string, data: object): string => `event: ${type}\ndata: ${JSON.stringify(data)}\n\n`
const end = event('control-message', { event: 'END_OF_CHANNEL', timestampMs: 1700000000000 })

const stream = (...events: readonly string[]): Answer => ({
  headers: { 'content-type': 'text/event-stream' },
  body: event('control-message', { event: 'STREAM_START', timestampMs: 1700000000000 }) + events.join(''),
})

const points = (...data: readonly (readonly [tsId: string, value: number | null])[]): string =>
  event('data', { logicalTimestampMs: 1700000000000, data: data.map(([tsId, value]) => ({ tsId, value })) })

/** Splunk Observability Cloud, SignalFlow over HTTP: a stream of server-sent events. */
export const signalFxContract: ProviderContract = {
  name: 'signalFx',
  provider: metric(),
  secrets: () => ({ 'argo-rollouts/signalfx': { token, realm: 'us1' } }),
  hidden: [token],
  good: stream(points(['A', 3]), end),
  timeLimitMs: 30_000,
  asked: ([request]) => {
    const { pathname, searchParams } = new URL(request?.url ?? '', 'http://signalfx')
    assert.deepEqual([request?.method, pathname, request?.body], ['POST', '/v2/signalflow/execute', query])
    assert.equal(Number(searchParams.get('stop')) - Number(searchParams.get('start')), 600_000)
    assert.equal(searchParams.get('immediate'), 'true')
    assert.deepEqual([request?.headers['x-sf-token'], request?.headers['content-type']], [token, 'text/plain'])
  },
  cases: [
    {
      what: 'the newest value of each series, past those without one',
      answer: stream(points(['A', 1], ['B', 2]), points(['A', 5], ['B', null]), end),
      condition: 'result[0] == 5 && result[1] == 2',
      phase: 'Successful',
      value: '[5,2]',
    },
    {
      what: 'a value that is too high',
      answer: stream(points(['A', 9]), end),
      condition: 'result[0] < 5',
      phase: 'Failed',
      value: '[9]',
    },
    {
      what: 'messages of other types',
      answer: stream(event('metadata', { tsId: 'A', properties: {} }), ': a comment\n\n', points(['A', 1]), end),
      phase: 'Successful',
      value: '[1]',
    },
    {
      what: 'no series',
      answer: stream(end),
      condition: 'result[0] < 5',
      phase: 'Error',
      message: /no data returned from the metric provider/,
    },
    {
      what: 'a stream that breaks off',
      answer: stream(points(['A', 1])),
      phase: 'Error',
      message: /^the answer is no whole SignalFlow stream/,
    },
    {
      what: 'a computation that was aborted',
      answer: stream(event('control-message', { event: 'CHANNEL_ABORT', abortInfo: { sf_job_abortReason: 'limit' } })),
      phase: 'Error',
      message: /aborted: .*limit/,
    },
    {
      what: 'a program that is none',
      answer: stream(event('error', { errors: [{ code: 'ANALYTICS_PROGRAM_NAME_ERROR', context: { name: 'dota' } }] })),
      phase: 'Error',
      message: /ANALYTICS_PROGRAM_NAME_ERROR .*dota/,
    },
    {
      what: 'a message that is no JSON',
      answer: stream('event: data\ndata: {"data":\n\n', end),
      phase: 'Error',
      message: /message of type data/,
    },
  ],
  misconfigured: [
    {
      what: 'a realm that nobody names',
      provider: () => ({ signalFx: { query } }),
      secrets: { 'argo-rollouts/signalfx': { token } },
      message: /has no key realm: set it/,
    },
    {
      what: 'a resolution that is none',
      provider: metric({ resolution: 'fine' }),
      message: /^provider\.signalFx\.resolution: /,
    },
  ],
}
