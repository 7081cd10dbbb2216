import type { Clock, Timer } from '../lib/clock.ts'
import { sleepOn } from '../lib/clock.ts'
import { TimerQueue } from './timer-queue.ts'

/** Where {@link VirtualClock.run} stops: the first limit reached wins. */
export interface RunLimits {
  /** Stop once this is true. Asked after every settled moment, first before time moves at all. */
  readonly until?: () => boolean
  /** Stop after this much virtual time, in milliseconds. The clock then stands exactly there. */
  readonly forMs?: number
}

/** Why {@link VirtualClock.run} stopped. `idle`: no timer is left, so nothing would ever happen again. */
export type RunEnd = 'until' | 'elapsed' | 'idle'

/** One turn of the event loop: every promise that can be settled now is settled before it resolves. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Whether somebody waits for a turn of the event loop: a paged list, a stream, anything that yields by `setImmediate`. */
const isYielding = (): boolean => process.getActiveResourcesInfo().includes('Immediate')

/**
 * How many turns in a row must be quiet. A turn drains every promise chain that can go on; a second one is needed because
 * what goes on after our own place in the turn may have yielded only then.
 */
const quietTurns = 2

/**
 * A clock whose time moves only when everything in the process has settled. It jumps from timer to timer, so hours pass
 * in milliseconds, and as timers fire in the order of their time (then of their making), a run with the same inputs has
 * the same history.
 *
 * Nothing moves by itself: whoever owns the clock calls {@link run}. Work that is not made of promises alone (a real
 * socket) must be announced with {@link hold}, or time would run past it.
 */
export class VirtualClock implements Clock {
  readonly #startMs: number
  readonly #timers = new TimerQueue()
  #elapsedMs = 0
  #held = 0
  #running = false

  /** @param startMs wall-clock time at the beginning, in milliseconds since the epoch. */
  constructor(startMs: number) {
    this.#startMs = startMs
  }

  now(): number {
    return Math.floor(this.#startMs + this.#elapsedMs)
  }

  monotonic(): number {
    return this.#elapsedMs
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    return this.#timers.add(this.#elapsedMs + Math.max(0, delayMs), callback)
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, delayMs, signal)
  }

  /** Timers that are waiting: a number that grows with every release is a leak. */
  get pendingTimers(): number {
    return this.#timers.pending
  }

  /** Time stands still until the returned function is called. */
  hold(): () => void {
    let released = false
    this.#held += 1
    return () => {
      if (!released) this.#held -= 1
      released = true
    }
  }

  /** Resolves once nothing is left to do without time moving. */
  async settle(): Promise<void> {
    for (let quiet = 0; quiet < quietTurns; quiet += 1) {
      await turn()
      if (this.#held > 0 || isYielding()) quiet = -1
    }
  }

  /**
   * Lets time pass until a limit is reached. Throws when it is running already: two owners would each see time jump.
   * An error thrown by a timer's callback ends the run with that error.
   */
  async run(limits: RunLimits = {}): Promise<RunEnd> {
    if (this.#running) throw new Error('running a virtual clock that runs already; await the other run first')
    this.#running = true
    try {
      return await this.#advance(limits, this.#elapsedMs + (limits.forMs ?? Number.POSITIVE_INFINITY))
    } finally {
      this.#running = false
    }
  }

  async #advance(limits: RunLimits, endMs: number): Promise<RunEnd> {
    for (;;) {
      await this.settle()
      if (limits.until?.()) return 'until'
      const next = this.#timers.nextTime()
      if (next === undefined || next > endMs) {
        if (Number.isFinite(endMs)) this.#elapsedMs = endMs
        return Number.isFinite(endMs) ? 'elapsed' : 'idle'
      }
      this.#elapsedMs = Math.max(this.#elapsedMs, next)
      this.#timers.take()?.()
    }
  }
}
