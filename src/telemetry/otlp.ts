import type { Attributes, AttributeValue, FinishedSpan } from './span.ts'

const anyValue = (value: AttributeValue) => {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  // 64-bit integers are texts in protobuf's JSON.
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value }
}

const keyValues = (attributes: Attributes) =>
  Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }))

const nanoseconds = (ms: number): string => String(BigInt(Math.round(ms)) * 1_000_000n)

/** SPAN_KIND_INTERNAL: nobody called, and nobody was called. */
const internal = 1
/** STATUS_CODE_OK and STATUS_CODE_ERROR. */
const statusCode = { ok: 1, error: 2 }

const encodeSpan = (span: FinishedSpan) => ({
  traceId: span.traceId,
  spanId: span.spanId,
  ...(span.parentSpanId !== undefined && { parentSpanId: span.parentSpanId }),
  name: span.name,
  kind: internal,
  startTimeUnixNano: nanoseconds(span.startMs),
  endTimeUnixNano: nanoseconds(span.endMs),
  attributes: keyValues(span.attributes),
  events: span.events.map(({ name, timeMs, attributes }) => ({
    timeUnixNano: nanoseconds(timeMs),
    name,
    attributes: keyValues(attributes),
  })),
  status: span.failure === undefined ? { code: statusCode.ok } : { code: statusCode.error, message: span.failure },
})

/** An ExportTraceServiceRequest in OTLP's JSON (opentelemetry.io/docs/specs/otlp, "JSON Protobuf Encoding"). */
export const encodeTraces = (resource: Attributes, spans: readonly FinishedSpan[]): string =>
  JSON.stringify({
    resourceSpans: [
      {
        resource: { attributes: keyValues(resource) },
        scopeSpans: [{ scope: { name: 'crossfade' }, spans: spans.map(encodeSpan) }],
      },
    ],
  })
