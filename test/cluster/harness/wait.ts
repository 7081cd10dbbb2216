import { setTimeout as delay } from 'node:timers/promises'

import { ExpectationError } from './errors.ts'

/** How long to wait, and how often to look, in milliseconds. */
export interface Patience {
  readonly timeout?: number
  readonly interval?: number
}

/** What one look found: the value waited for, or in words why it is not there yet. */
export type Look<T> = { readonly found: T } | { readonly missing: string }

/**
 * Looks again and again until `look` finds what it looks for (every 200 ms, for 30 s, unless told otherwise). These are
 * real programs on a real clock, so waiting is by polling; an exception of `look` counts as not there yet.
 * @throws ExpectationError with what was missing at the last look
 */
export async function eventually<T>(what: string, look: () => Promise<Look<T>>, patience: Patience = {}): Promise<T> {
  const timeout = patience.timeout ?? 30_000
  const end = performance.now() + timeout
  let missing = 'nothing was seen'
  for (;;) {
    const seen = await look().catch((error: unknown): Look<T> => ({ missing: String(error) }))
    if ('found' in seen) return seen.found
    missing = seen.missing
    if (performance.now() > end)
      throw new ExpectationError(`${what}: not within ${timeout / 1000} s; last seen: ${missing}`)
    await delay(patience.interval ?? 200)
  }
}

/** Looks once in an interval, for the whole duration: something must stay true. @throws what `check` throws */
export async function throughout(duration: number, check: () => Promise<void>): Promise<void> {
  const end = performance.now() + duration
  while (performance.now() < end) {
    await check()
    await delay(200)
  }
}
