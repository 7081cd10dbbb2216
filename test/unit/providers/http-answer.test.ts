import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as z from 'zod'
import { addressBelow, ask, readJson } from '../../../src/providers/http-answer.ts'
import { metricOf } from '../../builders/analysis-run.ts'
import { ManualClock } from '../../builders/manual-clock.ts'
import { measureContext } from '../../builders/measure-context.ts'

const system = { title: 'Metrics', credentials: 'token in the Secret a/b' }

const refusedWith = (status: number, headers: Readonly<Record<string, string>> = {}): Promise<unknown> => {
  const clock = new ManualClock(Date.parse('2026-01-01T00:00:00Z'))
  const net = { fetch: async () => ({ status, headers, text: 'no' }) }
  return ask(
    { method: 'GET', url: 'http://m.test', timeoutMs: 1000 },
    system,
    measureContext(metricOf(), { net, clock }),
  )
}

describe('a refusal of a metric system', () => {
  const seldom = '; a longer interval of the metric asks less often'
  const told: readonly (readonly [
    what: string,
    status: number,
    headers: Readonly<Record<string, string>>,
    advice: string,
  ])[] = [
    ['in seconds', 429, { 'retry-after': '7' }, `; Metrics asks to wait 7 s${seldom}`],
    ['as a date', 429, { 'retry-after': 'Thu, 01 Jan 2026 00:01:30 GMT' }, `; Metrics asks to wait 90 s${seldom}`],
    ['as Datadog does', 429, { 'x-ratelimit-reset': '25' }, `; Metrics asks to wait 25 s${seldom}`],
    ['since the epoch', 429, { 'x-ratelimit-reset': '1767225610' }, `; Metrics asks to wait 10 s${seldom}`],
    ['not at all', 429, {}, seldom],
    ['in trouble', 503, { 'retry-after': '120' }, '; Metrics asks to wait 120 s'],
  ]
  for (const [what, status, headers, advice] of told) {
    it(`says how long to wait, told ${what}`, () =>
      assert.rejects(refusedWith(status, headers), {
        message: `received non 2xx response code: ${status} no${advice}`,
      }))
  }

  it('says where the credentials are', () =>
    assert.rejects(refusedWith(401), {
      message: 'received authentication error response code: 401 no; check token in the Secret a/b',
    }))

  it('is also an answer that asks to go elsewhere', () => assert.rejects(refusedWith(304), { message: /304 no$/ }))
})

describe('JSON of a known shape', () => {
  const shape = z.object({
    rows: z.array(z.union([z.object({ a: z.number() }), z.object({ b: z.object({ c: z.string() }) })])),
  })

  it('is read', () => assert.deepEqual(readJson('{"rows":[{"a":1}],"more":2}', shape, system), { rows: [{ a: 1 }] }))

  it('is refused with the innermost place that is different, also within alternatives', () => {
    assert.throws(() => readJson('{"rows":[{"a":1},{"b":{"c":2}}]}', shape, system), {
      message:
        /^Could not parse JSON body: rows\[1\]\.b\.c: .*expected string.*; check that the address is that of Metrics$/,
    })
    assert.throws(() => readJson('[]', shape, system), {
      message: /^Could not parse JSON body: Invalid input: expected object, received array;/,
    })
  })
})

describe('an address with a path below it', () => {
  for (const [address, url] of [
    ['http://m.test', 'http://m.test/api/q'],
    ['https://m.test:8443/proxy//', 'https://m.test:8443/proxy/api/q'],
    [' http://m.test/ ', 'http://m.test/api/q'],
  ] as const) {
    it(`is ${url} for ${JSON.stringify(address)}`, () =>
      assert.equal(addressBelow(address, 'api/q', 'address').href, url))
  }
  for (const address of ['', 'm.test', 'm.test:80', 'ftp://m.test', 'file:///etc', 'javascript:1']) {
    it(`is refused for ${JSON.stringify(address)}`, () =>
      assert.throws(() => addressBelow(address, 'api/q', 'address'), { message: /^address must be a URL/ }))
  }
})
