import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { WebMetric } from '../../../src/api/providers/web.ts'
import { metricOf } from '../../builders/analysis-run.ts'
import { type Answer, AnsweringServer } from '../../builders/answering-server.ts'
import { ManualClock } from '../../builders/manual-clock.ts'
import { machineNet, measureOnce } from '../../builders/measure-context.ts'

const ask = async (answer: Answer, spec: Partial<WebMetric> = {}, successCondition = 'true') => {
  await using server = await AnsweringServer.start(answer)
  const web = { url: `${server.address}/check?a=1`, ...spec }
  const outcome = await measureOnce(metricOf({ provider: { web }, successCondition }))
  return { outcome, seen: server.seen }
}

describe('the web provider', () => {
  const values: readonly (readonly [string, Answer, string | undefined, string, string])[] = [
    ['a member', { body: '{"data":{"ok":true}}' }, '{$.data.ok}', 'result', 'true'],
    ['the first match', { body: '{"items":[{"n":2},{"n":3}]}' }, '{$.items[*].n}', 'result == 2', '2'],
    [
      'the whole body',
      { body: '{"b":[1, 2],"a":"<x>"}' },
      undefined,
      'result.b[1] == 2',
      '{"a":"\\u003cx\\u003e","b":[1,2]}',
    ],
    ['text that is no JSON', { body: 'OK\n' }, '{$.a}', 'result matches "OK"', 'OK\n'],
    ['null', { body: 'null' }, undefined, 'isNil(result)', 'null'],
    ['nothing at all', { status: 204 }, undefined, 'result == ""', ''],
    ['minus zero', { body: '-0' }, undefined, 'result == 0', '-0'],
  ]
  for (const [what, answer, jsonPath, condition, value] of values) {
    it(`reads ${what}`, async () => {
      const { outcome } = await ask(answer, jsonPath === undefined ? {} : { jsonPath }, condition)
      assert.deepEqual(outcome, { phase: 'Successful', value })
    })
  }

  it('sends method, headers and body as they are given', async () => {
    const { seen } = await ask(
      { body: '1' },
      { method: 'PUT', body: 'raw', headers: [{ key: 'Content-Type', value: 'text/plain' }] },
    )
    const [request] = seen
    assert.deepEqual(
      [request?.method, request?.url, request?.body, request?.headers['content-type']],
      ['PUT', '/check?a=1', 'raw', 'text/plain'],
    )
  })

  it('sends a JSON body as such', async () => {
    const { seen } = await ask({ body: '1' }, { method: 'POST', jsonBody: { a: [1] } })
    assert.deepEqual([seen[0]?.body, seen[0]?.headers['content-type']], ['{"a":[1]}', 'application/json'])
  })

  const unusable: readonly (readonly [string, Answer, Partial<WebMetric>, RegExp])[] = [
    ['another status than 2xx', { status: 503 }, {}, /^received non 2xx response code: 503$/],
    [
      'a path that finds nothing',
      { body: '{}' },
      { jsonPath: '{$.a}' },
      /^Could not find JSONPath in body: a is not found$/,
    ],
    ['a path that leaves nothing', { body: '[]' }, { jsonPath: '{$[*]}' }, /^result of web metric produced no value$/],
    ['a path that is none', { body: '{}' }, { jsonPath: '{$.a' }, /^unclosed action$/],
    ['a body with GET', {}, { body: 'x' }, /^Body\/JSONBody can only be used with POST or PUT WebMetric Method types$/],
    ['two bodies', {}, { method: 'POST', body: 'x', jsonBody: {} }, /^use either Body or JSONBody/],
    ['a method that is none', {}, { method: 'BAD METHOD' }, /^net\/http: invalid method "BAD METHOD"$/],
    ['an address that is none', {}, { url: 'not a url' }, /not a url|URL/],
    ['a cut connection', { reset: true }, {}, /127\.0\.0\.1/],
  ]
  for (const [what, answer, spec, message] of unusable) {
    it(`makes an error of ${what}`, async () => {
      const { outcome } = await ask(answer, spec)
      assert.equal(outcome.phase, 'Error')
      assert.match(outcome.message ?? '', message)
    })
  }

  it('gives up on a server that does not answer in time: 10 s unless told', async () => {
    await using server = await AnsweringServer.start({ silent: true })
    const clock = new ManualClock()
    const outcome = measureOnce(metricOf({ provider: { web: { url: server.address } } }), {
      net: machineNet(clock),
      clock,
    })
    await server.asked
    await clock.advance(10_000)
    assert.equal((await outcome).phase, 'Error')
  })
})
