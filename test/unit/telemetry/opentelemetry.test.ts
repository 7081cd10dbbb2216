import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Span, type Tracer, type TracerProvider, trace } from '@opentelemetry/api'
import { openTelemetrySink } from '../../../src/telemetry/opentelemetry.ts'
import type { FinishedSpan } from '../../../src/telemetry/span.ts'

/** A provider that writes down what it is told, as an SDK would keep it. */
const noting = () => {
  const told: unknown[] = []
  const noop = trace.wrapSpanContext({ traceId: '', spanId: '', traceFlags: 0 })
  const span: Span = Object.assign(noop, {
    addEvent: (...event: unknown[]) => {
      told.push(['event', ...event])
      return span
    },
    setStatus: (status: unknown) => {
      told.push(['status', status])
      return span
    },
    end: (at: unknown) => void told.push(['end', at]),
  })
  const tracer: Tracer = {
    startSpan: (name, options, context) => {
      told.push(['start', name, options?.startTime, context && trace.getSpanContext(context)?.spanId])
      return span
    },
    startActiveSpan: () => assert.fail('nothing runs inside a span'),
  }
  const provider: TracerProvider = { getTracer: () => tracer }
  return { told, provider }
}

const release: FinishedSpan = {
  traceId: '1'.repeat(32),
  spanId: '2'.repeat(16),
  name: 'release web',
  startMs: 1000,
  endMs: 5000,
  attributes: { revision: 2 },
  events: [],
}

describe('spans told to the API of OpenTelemetry', () => {
  it('have their times, events and parents', () => {
    const { told, provider } = noting()
    const tell = openTelemetrySink(provider)
    const event = { name: 'RolloutPaused', timeMs: 2000, attributes: { type: 'Normal' } }
    const parentSpanId = release.spanId
    tell({ ...release, spanId: '3'.repeat(16), parentSpanId, name: 'pause', events: [event], failure: 'aborted' })
    assert.deepEqual(told, [
      ['start', 'pause', 1000, '2'.repeat(16)],
      ['event', 'RolloutPaused', { type: 'Normal' }, 2000],
      ['status', { code: 2, message: 'aborted' }],
      ['end', 5000],
    ])
  })

  it('go nowhere where no SDK is registered', () => {
    openTelemetrySink()(release)
  })
})
