/** A value of an attribute, as OpenTelemetry knows them. */
export type AttributeValue = string | number | boolean

/** What is known of a span besides its name and times. */
export type Attributes = Readonly<Record<string, AttributeValue>>

/** Something that happened within a span. */
export interface SpanEvent {
  readonly name: string
  /** Milliseconds since the epoch. */
  readonly timeMs: number
  readonly attributes: Attributes
}

/**
 * A span that is over, as data. Its ids follow from what it is about, so that several processes can tell parts of one trace:
 * a release outlives its controller.
 */
export interface FinishedSpan {
  /** 32 hexadecimal digits. */
  readonly traceId: string
  /** 16 hexadecimal digits. */
  readonly spanId: string
  /** Absent for the root of a trace. */
  readonly parentSpanId?: string
  readonly name: string
  /** Milliseconds since the epoch. */
  readonly startMs: number
  readonly endMs: number
  readonly attributes: Attributes
  readonly events: readonly SpanEvent[]
  /** Why what the span is about went wrong; absent when it did not. */
  readonly failure?: string
}

/** Takes spans as they end. Returns at once and never throws: a trace holds nothing up. */
export type SpanSink = (span: FinishedSpan) => void
