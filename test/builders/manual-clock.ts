import { setImmediate as nextTurn } from 'node:timers/promises'
import { type Clock, sleepOn, type Timer } from '../../src/lib/clock.ts'

interface Pending {
  readonly due: number
  readonly order: number
  readonly callback: () => void
}

/** Turns of the event loop that are enough for promise chains and `setImmediate` to come to rest. */
const turnsUntilQuiet = 4

/**
 * A clock that stands still until a test moves it. Wall clock and monotonic time move together unless
 * {@link ManualClock.correctWallClock} pulls them apart.
 */
export class ManualClock implements Clock {
  #monotonic = 0
  #wallOffset: number
  #order = 0
  readonly #pending = new Set<Pending>()

  /** `startMs` is the wall-clock time of the start, in milliseconds since the epoch. */
  constructor(startMs = Date.parse('2026-01-01T00:00:00Z')) {
    this.#wallOffset = startMs
  }

  now(): number {
    return this.#wallOffset + this.#monotonic
  }

  monotonic(): number {
    return this.#monotonic
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    const entry = { due: this.#monotonic + Math.max(0, delayMs), order: this.#order++, callback }
    this.#pending.add(entry)
    return { cancel: () => this.#pending.delete(entry) }
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, delayMs, signal)
  }

  /** Timers that have neither fired nor been cancelled: a test that ends with some has found a leak. */
  get pendingTimers(): number {
    return this.#pending.size
  }

  /** Milliseconds until the next timer, or `undefined` without one. */
  get untilNextTimer(): number | undefined {
    const next = this.#next()
    return next === undefined ? undefined : next.due - this.#monotonic
  }

  /** Moves the wall clock alone, as an NTP correction does. */
  correctWallClock(byMs: number): void {
    this.#wallOffset += byMs
  }

  /**
   * Moves time on by `ms`: fires every timer that falls due on the way, in order, each at its own time, and lets what it
   * started come to rest before the next.
   */
  async advance(ms: number): Promise<void> {
    const target = this.#monotonic + ms
    await this.settle()
    for (let next = this.#next(); next !== undefined && next.due <= target; next = this.#next()) {
      this.#pending.delete(next)
      this.#monotonic = Math.max(this.#monotonic, next.due)
      next.callback()
      await this.settle()
    }
    this.#monotonic = target
  }

  /** Lets promise chains and immediates run, without moving time. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < turnsUntilQuiet; turn++) await nextTurn()
  }

  #next(): Pending | undefined {
    let earliest: Pending | undefined
    for (const entry of this.#pending) {
      if (earliest === undefined || entry.due < earliest.due) earliest = entry
    }
    return earliest
  }
}
