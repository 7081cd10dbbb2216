import type { Clock, Timer } from '../lib/clock.ts'
import { Fifo } from '../lib/fifo.ts'
import type { Urgency } from './transport.ts'

/** How a call went, as far as the server's load goes. */
export interface CallResult {
  /** HTTP status; 0 when no answer came. */
  readonly code: number
  /** How long the server asked to be left alone, in milliseconds. */
  readonly retryAfterMs: number | undefined
  /** Calls of one kind take about equally long on an idle server. */
  readonly kind: string
  readonly elapsedMs: number
}

/** Settings of a {@link LoadLimiter}. */
export interface LoadLimiterOptions {
  readonly clock: Clock
  /** Calls under way on a healthy server: as many as there are sockets. */
  readonly maxConcurrent: number
  /** A fixed limit besides: calls a second on average, and how many may come at once. None by default. */
  readonly rate?: { readonly perSecond: number; readonly burst: number }
}

interface Latency {
  /** What a call takes when the server is idle: follows faster calls at once and slower ones slowly. */
  baseline: number
  /** What calls take now. */
  recent: number
}

/** Latency is not called high below this, however fast the server was before. */
const acceptableMs = 500
/** How many times its baseline a latency may be. */
const tolerance = 4
const recentWeight = 0.2
const baselineWeight = 0.002
const defaultPauseMs = 1000
/**
 * How much of the limit the calls of an urgency may take. What was told early helps nobody: in a burst the cluster needs the
 * time of a busy API server to act on what was done.
 */
const shares: Readonly<Record<Urgency, number>> = { first: 1, later: 1 / 2, last: 1 / 4 }
/** The more urgent first. */
const urgencies: readonly Urgency[] = ['first', 'later', 'last']

/**
 * Keeps from overloading an API server, by what it answers: 429 halves the calls under way and makes everybody wait as long
 * as the server asked; latencies far above the usual shrink them slowly; everything else lets them grow again up to the
 * maximum. A healthy server never notices it.
 */
export class LoadLimiter {
  readonly #clock: Clock
  readonly #max: number
  readonly #rate: LoadLimiterOptions['rate']
  readonly #waiting: Readonly<Record<Urgency, Fifo<() => boolean>>> = {
    first: new Fifo(),
    later: new Fifo(),
    last: new Fifo(),
  }
  readonly #latencies = new Map<string, Latency>()
  #limit: number
  /** Of those that wait, how many have not given up. */
  #patient = 0
  readonly #underWay: Record<Urgency, number> = { first: 0, later: 0, last: 0 }
  #pausedUntil = 0
  #tokens: number
  #refilledAt: number
  #timer: Timer | undefined

  constructor(options: LoadLimiterOptions) {
    this.#clock = options.clock
    this.#max = options.maxConcurrent
    this.#rate = options.rate
    this.#limit = options.maxConcurrent
    this.#tokens = options.rate?.burst ?? 0
    this.#refilledAt = options.clock.monotonic()
  }

  /** How many calls may be under way now. */
  get limit(): number {
    return Math.floor(this.#limit)
  }

  /**
   * Waits for its turn, the more urgent before the others; then call the returned function exactly once, with how the call
   * went.
   * Rejects with the signal's reason when it aborts first.
   */
  enter(signal: AbortSignal, urgency: Urgency = 'first'): Promise<(result: CallResult) => void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason)
        return
      }
      const onAbort = (): void => {
        reject(signal.reason)
        this.#patient--
        if (this.#patient === 0) this.#timer?.cancel()
      }
      signal.addEventListener('abort', onAbort, { once: true })
      this.#patient++
      this.#waiting[urgency].push(() => {
        if (signal.aborted) return false
        signal.removeEventListener('abort', onAbort)
        this.#patient--
        resolve((result) => this.#leave(result, urgency))
        return true
      })
      this.#admit()
    })
  }

  #admit(): void {
    const { first, later, last } = this.#underWay
    for (let underWay = first + later + last; this.#patient > 0 && underWay < this.limit; underWay++) {
      const delay = this.#delay()
      if (delay > 0) {
        this.#wakeIn(delay)
        return
      }
      const urgency = this.#next()
      if (urgency === undefined) return
      this.#underWay[urgency]++
      this.#tokens--
    }
  }

  /** Lets the next one in and answers how urgent it is; `undefined` when nobody may enter. */
  #next(): Urgency | undefined {
    return urgencies.find((urgency) => {
      if (this.#underWay[urgency] >= Math.max(1, Math.floor(this.#limit * shares[urgency]))) return false
      const waiting = this.#waiting[urgency]
      for (let enter = waiting.take(); enter !== undefined; enter = waiting.take()) if (enter()) return true
      return false
    })
  }

  /** Milliseconds until a call may start. */
  #delay(): number {
    const now = this.#clock.monotonic()
    const pause = this.#pausedUntil - now
    if (this.#rate === undefined) return pause
    const { perSecond, burst } = this.#rate
    this.#tokens = Math.min(burst, this.#tokens + ((now - this.#refilledAt) * perSecond) / 1000)
    this.#refilledAt = now
    return Math.max(pause, this.#tokens >= 1 ? 0 : ((1 - this.#tokens) * 1000) / perSecond)
  }

  #wakeIn(delay: number): void {
    this.#timer?.cancel()
    this.#timer = this.#clock.setTimer(Math.ceil(delay), () => this.#admit())
  }

  #leave(result: CallResult, urgency: Urgency): void {
    this.#underWay[urgency]--
    if (result.code === 429) this.#backOff(result.retryAfterMs ?? defaultPauseMs)
    else if (result.code > 0) this.#adapt(this.#isSlow(result))
    this.#admit()
  }

  #backOff(pauseMs: number): void {
    this.#limit = Math.max(1, this.#limit / 2)
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#clock.monotonic() + pauseMs)
  }

  #adapt(slow: boolean): void {
    this.#limit = slow ? Math.max(2, this.#limit * 0.95) : Math.min(this.#max, this.#limit + 1 / this.#limit)
  }

  #isSlow({ kind, elapsedMs }: CallResult): boolean {
    const latency = this.#latencies.get(kind) ?? { baseline: elapsedMs, recent: elapsedMs }
    const { baseline, recent } = latency
    latency.recent = recent + (elapsedMs - recent) * recentWeight
    latency.baseline = elapsedMs < baseline ? elapsedMs : baseline + (elapsedMs - baseline) * baselineWeight
    this.#latencies.set(kind, latency)
    return latency.recent > Math.max(acceptableMs, latency.baseline * tolerance)
  }
}
