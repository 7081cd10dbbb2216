import type { Clock } from './clock.ts'

/** Thrown when something took longer than it may. */
export class TimeoutError extends Error {
  override readonly name = 'TimeoutError'
}

/** A signal that aborts with a {@link TimeoutError} when the time is over, or with the outer signal's reason. */
export interface Deadline {
  readonly signal: AbortSignal
  /** Ends the timer and the listening; call it in every case. */
  release(): void
  /** Starts the time anew: for silence instead of duration. From then on it is `ms` long, where that is given. */
  renew(ms?: number): void
}

/** A {@link Deadline} of `ms` from now, or from its last renewal. */
export const startDeadline = (
  clock: Clock,
  firstMs: number,
  outer: AbortSignal | undefined,
  what: string,
): Deadline => {
  const controller = new AbortController()
  let ms = firstMs
  let renewedAt = clock.monotonic()
  const check = (): void => {
    // Renewing only notes the time: a timer for every chunk of a stream would cost more than the stream.
    const left = renewedAt + ms - clock.monotonic()
    if (left > 0) timer = clock.setTimer(left, check)
    else controller.abort(new TimeoutError(`${what} within ${ms} ms`))
  }
  let timer = clock.setTimer(ms, check)
  const onAbort = (): void => controller.abort(outer?.reason)
  if (outer?.aborted) onAbort()
  else outer?.addEventListener('abort', onAbort, { once: true })
  return {
    signal: controller.signal,
    release: () => {
      timer.cancel()
      outer?.removeEventListener('abort', onAbort)
    },
    renew: (nextMs = ms) => {
      renewedAt = clock.monotonic()
      const isShorter = nextMs < ms
      ms = nextMs
      if (!isShorter || controller.signal.aborted) return
      timer.cancel()
      timer = clock.setTimer(ms, check)
    },
  }
}
