import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { FinishedSpan } from '../../../src/telemetry/span.ts'
import { SpanExporter } from '../../../src/telemetry/span-exporter.ts'
import { CollectingLogger } from '../../builders/collecting-logger.ts'
import { ManualClock } from '../../builders/manual-clock.ts'

const span = (name: string): FinishedSpan => ({
  traceId: `${'0'.repeat(31)}1`,
  spanId: `${'0'.repeat(15)}2`,
  name,
  startMs: 1_700_000_000_000,
  endMs: 1_700_000_001_500,
  attributes: { revision: 2, weight: 0.5, exact: true, hash: '5d6f' },
  events: [{ name: 'RolloutPaused', timeMs: 1_700_000_001_000, attributes: { type: 'Normal' } }],
})

const setUp = (send: (body: string) => Promise<void>) => {
  const [clock, log] = [new ManualClock(), new CollectingLogger()]
  return { clock, log, exporter: new SpanExporter({ send, clock, log, resource: { 'service.name': 'crossfade' } }) }
}

const namesIn = (body: string): string[] =>
  JSON.parse(body).resourceSpans[0].scopeSpans[0].spans.map(({ name }: { name: string }) => name)

describe('the exporter of spans', () => {
  it('sends what came within some seconds as one request, as OTLP writes it in JSON', async () => {
    const bodies: string[] = []
    const { clock, exporter } = setUp(async (body) => void bodies.push(body))
    exporter.take(span('one'))
    exporter.take({ ...span('two'), parentSpanId: 'a'.repeat(16), failure: 'aborted' })
    await clock.advance(4999)
    assert.equal(bodies.length, 0)
    await clock.advance(1)
    const [request] = bodies.map((body) => JSON.parse(body))
    assert.deepEqual(request.resourceSpans[0].resource.attributes, [
      { key: 'service.name', value: { stringValue: 'crossfade' } },
    ])
    const [one, two] = request.resourceSpans[0].scopeSpans[0].spans
    assert.deepEqual(one, {
      traceId: '00000000000000000000000000000001',
      spanId: '0000000000000002',
      name: 'one',
      kind: 1,
      startTimeUnixNano: '1700000000000000000',
      endTimeUnixNano: '1700000001500000000',
      attributes: [
        { key: 'revision', value: { intValue: '2' } },
        { key: 'weight', value: { doubleValue: 0.5 } },
        { key: 'exact', value: { boolValue: true } },
        { key: 'hash', value: { stringValue: '5d6f' } },
      ],
      events: [
        {
          timeUnixNano: '1700000001000000000',
          name: 'RolloutPaused',
          attributes: [{ key: 'type', value: { stringValue: 'Normal' } }],
        },
      ],
      status: { code: 1 },
    })
    assert.deepEqual([two.parentSpanId, two.status], ['a'.repeat(16), { code: 2, message: 'aborted' }])
  })

  it('keeps what could not be sent, and says so once', async () => {
    const sent: string[][] = []
    let away = true
    const { clock, log, exporter } = setUp(async (body) => {
      if (away) throw new Error('refused')
      sent.push(namesIn(body))
    })
    exporter.take(span('one'))
    await clock.advance(20_000)
    exporter.take(span('two'))
    away = false
    await clock.advance(5000)
    assert.deepEqual(sent, [['one', 'two']])
    assert.equal(log.messages('warn').length, 1)
    assert.equal(clock.pendingTimers, 0)
  })

  it('keeps a bounded number, the newest', async () => {
    const sent: string[] = []
    const { clock, exporter } = setUp(async (body) => void sent.push(...namesIn(body)))
    for (let index = 0; index < 3000; index++) exporter.take(span(String(index)))
    await clock.advance(60_000)
    assert.deepEqual([sent.length, sent[0], sent.at(-1)], [2048, '952', '2999'])
  })

  it('sends the rest at its end', async () => {
    const sent: string[] = []
    const { exporter } = setUp(async (body) => void sent.push(...namesIn(body)))
    exporter.take(span('last'))
    await exporter.close()
    assert.deepEqual(sent, ['last'])
  })
})
