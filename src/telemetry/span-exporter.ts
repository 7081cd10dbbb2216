import type { Clock, Timer } from '../lib/clock.ts'
import type { Logger } from './logger.ts'
import { encodeTraces } from './otlp.ts'
import type { Attributes, FinishedSpan } from './span.ts'

/** Settings of a {@link SpanExporter}. */
export interface SpanExporterOptions {
  /** Sends a request's body to the collector; rejects when it did not take it. */
  readonly send: (body: string) => Promise<void>
  readonly clock: Clock
  readonly log: Logger
  /** Who tells: `service.name` and more. */
  readonly resource: Attributes
}

/** As the batch processor of OpenTelemetry's SDKs. */
const delayMs = 5000
const largestBatch = 512
const mostWaiting = 2048

/**
 * Sends spans to a collector in batches. While that is away the newest are kept, a bounded number of them; it is told once
 * in the log, and not for each batch.
 */
export class SpanExporter {
  readonly #options: SpanExporterOptions
  #waiting: FinishedSpan[] = []
  #timer: Timer | undefined
  #sending: Promise<void> | undefined
  #failing = false

  constructor(options: SpanExporterOptions) {
    this.#options = options
  }

  /** Takes a span; it is sent within seconds. */
  take = (span: FinishedSpan): void => {
    this.#waiting.push(span)
    if (this.#waiting.length > mostWaiting) this.#waiting = this.#waiting.slice(-mostWaiting)
    this.#arm()
  }

  /** Sends what waits, once: for the end of the process. */
  async close(): Promise<void> {
    this.#timer?.cancel()
    await this.#sending
    await this.#sendBatch()
  }

  #arm(): void {
    if (this.#timer !== undefined || this.#sending !== undefined) return
    this.#timer = this.#options.clock.setTimer(delayMs, () => {
      this.#timer = undefined
      this.#sending = this.#sendBatch().finally(() => {
        this.#sending = undefined
        if (this.#waiting.length > 0) this.#arm()
      })
    })
  }

  async #sendBatch(): Promise<void> {
    const batch = this.#waiting.slice(0, largestBatch)
    if (batch.length === 0) return
    try {
      await this.#options.send(encodeTraces(this.#options.resource, batch))
      const sent = new Set(batch)
      this.#waiting = this.#waiting.filter((span) => !sent.has(span))
      this.#failing = false
    } catch (error) {
      if (!this.#failing) this.#options.log.warn('sending traces failed; they are kept for a while', { err: error })
      this.#failing = true
    }
  }
}
