/** Settings of a {@link Backoff}, in milliseconds. */
export interface BackoffOptions {
  readonly firstMs: number
  readonly maxMs: number
  /** Failures further apart than this do not belong together: the next delay is the first again. */
  readonly resetAfterMs: number
}

/**
 * Delays that double from failure to failure, with jitter: between half and the whole of the exponential value, so that
 * many clients that failed together do not come back together.
 */
export class Backoff {
  readonly #options: BackoffOptions
  #failures = 0
  #lastFailure: number | undefined

  constructor(options: BackoffOptions) {
    this.#options = options
  }

  /**
   * The delay after a failure.
   * @param nowMs monotonic time of the failure
   * @param random a number in [0, 1)
   */
  next(nowMs: number, random: number): number {
    const { firstMs, maxMs, resetAfterMs } = this.#options
    if (this.#lastFailure !== undefined && nowMs - this.#lastFailure >= resetAfterMs) this.#failures = 0
    const full = Math.min(firstMs * 2 ** this.#failures, maxMs)
    this.#failures++
    const delay = full * (0.5 + random / 2)
    this.#lastFailure = nowMs + delay
    return delay
  }
}
