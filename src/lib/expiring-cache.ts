import type { Clock } from './clock.ts'
import { LruMap } from './lru-map.ts'

/** Something that was issued for a while: `expiresAt` in milliseconds since the epoch. */
export interface Issued<Value> {
  readonly value: Value
  readonly expiresAt: number
}

const defaultLimit = 200

/**
 * Keeps what others issue for a while (tokens, temporary keys), a bounded number of them, and asks once where many want the same at a
 * time. A failure is not kept. Nothing is given out within the last tenth of its life, one minute at most: it must outlive its use.
 */
export class ExpiringCache<Value> {
  readonly #issued: LruMap<string, Issued<Value> & { readonly staleAt: number }>
  readonly #pending = new Map<string, Promise<Value>>()

  /** @param limit how many are kept; what was used longest ago goes first. */
  constructor(limit = defaultLimit) {
    this.#issued = new LruMap(limit)
  }

  /** What is kept under the key, or what `issue` gives. Rejects as `issue` does; who only waited for another's attempt tries itself. */
  async get(key: string, clock: Pick<Clock, 'now'>, issue: () => Promise<Issued<Value>>): Promise<Value> {
    const kept = this.#issued.get(key)
    if (kept !== undefined && clock.now() < kept.staleAt) return kept.value
    const pending = this.#pending.get(key)
    if (pending === undefined) return this.#issue(key, clock, issue)
    try {
      return await pending
    } catch {
      return this.get(key, clock, issue)
    }
  }

  /** Drops what is kept, if it is still this value: it was refused before its time. */
  forget(key: string, value: Value): void {
    if (this.#issued.get(key)?.value === value) this.#issued.delete(key)
  }

  #issue(key: string, clock: Pick<Clock, 'now'>, issue: () => Promise<Issued<Value>>): Promise<Value> {
    const attempt = issue()
      .then((issued) => {
        const life = issued.expiresAt - clock.now()
        this.#issued.set(key, { ...issued, staleAt: issued.expiresAt - Math.min(60_000, life / 10) })
        return issued.value
      })
      .finally(() => this.#pending.delete(key))
    this.#pending.set(key, attempt)
    return attempt
  }
}
