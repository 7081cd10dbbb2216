/** A pending timer. Cancelling one that has fired, or twice, does nothing. */
export interface Timer {
  cancel(): void
}

/**
 * Time as everything above `lib` sees it. It is injected so that a test, the demo and `simulate` play hours in
 * milliseconds on the sandbox's virtual clock; nothing else may call `Date.now`, `setTimeout` or `performance.now`.
 */
export interface Clock {
  /** Wall-clock time in milliseconds since the epoch: for status fields and annotations, never for measuring how long something took. */
  now(): number
  /** Monotonic milliseconds from an arbitrary origin: for leases, timeouts and durations, which a corrected wall clock must not move. */
  monotonic(): number
  /** Calls `callback` once, `delayMs` from now. Delays beyond 2^31-1 ms are kept exactly (Node would fire them after 1 ms). */
  setTimer(delayMs: number, callback: () => void): Timer
  /** Resolves after `delayMs`; rejects with the signal's reason when `signal` aborts first. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>
}

const longestNodeTimer = 2 ** 31 - 1

const startTimer = (delayMs: number, callback: () => void): Timer => {
  let handle: NodeJS.Timeout
  const arm = (remaining: number): void => {
    handle =
      remaining > longestNodeTimer
        ? setTimeout(() => arm(remaining - longestNodeTimer), longestNodeTimer)
        : setTimeout(callback, Math.max(0, remaining))
  }
  arm(delayMs)
  return { cancel: () => clearTimeout(handle) }
}

/** {@link Clock.sleep} for any clock that has timers: one place that removes its listener on both paths. */
export const sleepOn = (clock: Pick<Clock, 'setTimer'>, delayMs: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason)
      return
    }
    const onAbort = (): void => {
      timer.cancel()
      reject(signal?.reason)
    }
    const timer = clock.setTimer(delayMs, () => {
      signal?.removeEventListener('abort', onAbort)
      resolve()
    })
    signal?.addEventListener('abort', onAbort, { once: true })
  })

/** The machine's own clock. Its timers keep the process alive until they fire or are cancelled. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimer: startTimer,
  sleep: (delayMs, signal) => sleepOn({ setTimer: startTimer }, delayMs, signal),
}
