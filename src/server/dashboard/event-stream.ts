import type { ServerResponse } from 'node:http'
import type { Clock, Timer } from '../../lib/clock.ts'
import type { Viewer } from './topic.ts'

/** Proxies take a stream for dead that is silent for longer (half a minute is common); the published server has the same. */
const heartbeatMs = 15_000
/** After so many heartbeats without a byte being read, the reader is gone. */
const mostStalledBeats = 4

/** How a stream is written: as events of EventSource, or as one JSON document a line for everybody else. */
export type StreamForm = 'events' | 'lines'

const frames: Readonly<Record<StreamForm, (text: string) => string>> = {
  events: (text) => `data: ${text} \n\n`,
  lines: (text) => `${text}\n`,
}

const contentTypes: Readonly<Record<StreamForm, string>> = {
  events: 'text/event-stream',
  lines: 'application/json',
}

/**
 * The stream of one viewer. A slow reader keeps nothing waiting: what it has not read yet is replaced by what is newer, so
 * that there is never more kept for it than the present state.
 */
export class EventStream implements Viewer {
  readonly #response: ServerResponse
  readonly #clock: Clock
  readonly #form: StreamForm
  readonly #pending = new Map<string, string>()
  /** Resolves when the reader is gone, or has got all there is to come. */
  readonly closed: Promise<void>
  #heartbeat: Timer
  #stalledBeats = 0
  #ended = false

  constructor(response: ServerResponse, clock: Clock, form: StreamForm) {
    this.#response = response
    this.#clock = clock
    this.#form = form
    // Without `no-transform` and its kin, proxies collect a stream until it is large enough to be worth sending.
    response.writeHead(200, { 'content-type': contentTypes[form], 'x-accel-buffering': 'no' })
    response.flushHeaders()
    response.on('drain', () => this.#write())
    this.#heartbeat = clock.setTimer(heartbeatMs, () => this.#beat())
    this.closed = new Promise((resolve) => {
      response.once('close', () => {
        this.#heartbeat.cancel()
        resolve()
      })
    })
  }

  offer(key: string, text: string): void {
    this.#pending.set(key, text)
    this.#write()
  }

  end(): void {
    this.#ended = true
    this.#write()
  }

  #write(): void {
    const response = this.#response
    for (const [key, text] of this.#pending) {
      if (response.writableNeedDrain || response.destroyed) return
      this.#pending.delete(key)
      this.#stalledBeats = 0
      response.write(frames[this.#form](text))
    }
    if (this.#ended && !response.writableEnded) response.end()
  }

  #beat(): void {
    if (this.#response.writableNeedDrain) this.#stalledBeats++
    else if (this.#form === 'events') this.#response.write(':\n\n')
    if (this.#stalledBeats >= mostStalledBeats) this.#response.destroy()
    else this.#heartbeat = this.#clock.setTimer(heartbeatMs, () => this.#beat())
  }
}
