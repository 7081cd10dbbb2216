import { ROOT_CONTEXT, SpanStatusCode, TraceFlags, type TracerProvider, trace } from '@opentelemetry/api'
import type { FinishedSpan, SpanSink } from './span.ts'

/**
 * Tells spans to OpenTelemetry's API, and so to the SDK that something loaded by `--import` has registered. The API lets
 * nobody choose the id of a span, so there the parent of a step is the release's id and not a span of that trace.
 */
export const openTelemetrySink = (provider: TracerProvider = trace.getTracerProvider()): SpanSink => {
  const tracer = provider.getTracer('crossfade')
  return (span: FinishedSpan): void => {
    const { traceId, spanId, parentSpanId, name, startMs, endMs, attributes, events, failure } = span
    const parent = { traceId, spanId: parentSpanId ?? spanId, traceFlags: TraceFlags.SAMPLED, isRemote: true }
    const context = trace.setSpanContext(ROOT_CONTEXT, parent)
    const told = tracer.startSpan(name, { startTime: startMs, attributes }, context)
    for (const event of events) told.addEvent(event.name, event.attributes, event.timeMs)
    told.setStatus(
      failure === undefined ? { code: SpanStatusCode.OK } : { code: SpanStatusCode.ERROR, message: failure },
    )
    told.end(endMs)
  }
}
