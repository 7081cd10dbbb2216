import type { Clock } from '../lib/clock.ts'

/** Timers are no longer than this: a wait without a limit is a wait again and again. */
const longestWaitMs = 3_600_000

/** Wakes one waiter when something has changed; what rings while nobody waits is not lost. */
export class Doorbell {
  #rung = false
  #wake: (() => void) | undefined

  ring(): void {
    this.#rung = true
    this.#wake?.()
  }

  /** Waits until it rings, but no longer than `ms` nor than an hour, and not after `signal` aborts. */
  async wait(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
    if (!this.#rung && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const end = (): void => {
          timer.cancel()
          signal.removeEventListener('abort', end)
          resolve()
        }
        const timer = clock.setTimer(Math.min(ms, longestWaitMs), end)
        this.#wake = end
        signal.addEventListener('abort', end, { once: true })
      })
    }
    this.#rung = false
    this.#wake = undefined
  }
}
