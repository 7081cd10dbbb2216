import type { Clock } from '../lib/clock.ts'
import { isConflict } from './errors.ts'
import type { SharedInformer } from './shared-informer.ts'
import type { ObjectVersion } from './stored-object.ts'

/** What {@link LastWrites} needs of a cache; every {@link SharedInformer} is one. */
export type WriteWitness = Pick<SharedInformer<unknown>, 'hasSeen' | 'onProgress'>

interface Write {
  readonly witness: WriteWitness
  readonly seen: () => boolean
  /** Monotonic time after which the cache is no longer waited for. */
  readonly deadline: number
}

interface Postponed {
  readonly resume: () => void
  readonly cancel: () => void
}

/** Where nobody can tell, the conflict is believed. */
const isOutdated = async (judged: ObjectVersion, current: () => Promise<ObjectVersion>): Promise<boolean> => {
  try {
    const { metadata } = await current()
    return metadata.uid !== judged.metadata.uid || metadata.resourceVersion !== judged.metadata.resourceVersion
  } catch {
    return true
  }
}

/**
 * A newer version is known to exist, so the cache shows it as soon as its watch is back: longer than a reflector waits
 * between two attempts.
 */
const conflictTimeoutMs = 60_000

/**
 * Reads one's own writes: after a write the cache is outdated for a moment, and a pass that plans on it would do things
 * twice. A controller remembers what it wrote for a key, and postpones that key until the caches have it. Waiting ends
 * after a time limit, since a write outside a cache's selector never arrives. One instance serves one controller, whose
 * keys it knows.
 */
export class LastWrites {
  readonly #clock: Clock
  readonly #timeoutMs: number
  /** By key, then by uid of the written object: its last write. */
  readonly #writes = new Map<string, Map<string, Write>>()
  readonly #postponed = new Map<string, Postponed>()
  readonly #keysByWitness = new Map<WriteWitness, Set<string>>()

  /** @param timeoutMs how long a cache is waited for; 5 s unless told. */
  constructor(clock: Clock, timeoutMs = 5000) {
    this.#clock = clock
    this.#timeoutMs = timeoutMs
  }

  /** Keys with writes that a cache has not shown. */
  get size(): number {
    return this.#writes.size
  }

  /** After a create or a patch: `written` is the server's answer, `witness` the cache that will show it. */
  remember(key: string, witness: WriteWitness, written: ObjectVersion): void {
    this.#add(key, witness, written.metadata.uid, () => witness.hasSeen(written))
  }

  /** After a delete: until the cache shows the object as gone or going. */
  rememberDelete(key: string, witness: WriteWitness, deleted: ObjectVersion): void {
    this.#add(key, witness, deleted.metadata.uid, () => witness.hasSeen(deleted, 'deleted'))
  }

  /**
   * After a patch that carries the version of `judged`: remembers what was written. A conflict says that the cache is behind:
   * passes before it shows another version would do the same writes again, and meet the same conflict. Since waiting for a
   * version that does not exist would hold the key up for nothing, `current` is asked whether there is one. Passes the answer
   * or the error on.
   */
  async follow<T extends ObjectVersion>(
    key: string,
    witness: WriteWitness,
    judged: ObjectVersion,
    write: Promise<T>,
    current: () => Promise<ObjectVersion>,
  ): Promise<T> {
    try {
      const written = await write
      this.remember(key, witness, written)
      return written
    } catch (error) {
      if (isConflict(error) && (await isOutdated(judged, current))) {
        this.#add(key, witness, judged.metadata.uid, () => witness.hasSeen(judged, 'outdated'), conflictTimeoutMs)
      }
      throw error
    }
  }

  /**
   * True when the key must wait; `resume` is then called once, when the caches have its writes or the time is over. A
   * second call for a key that waits already changes nothing.
   */
  postpone(key: string, resume: () => void): boolean {
    const deadline = this.#pendingUntil(key)
    if (deadline === undefined) return false
    if (!this.#postponed.has(key)) {
      const timer = this.#clock.setTimer(deadline - this.#clock.monotonic(), () => this.#giveUp(key))
      this.#postponed.set(key, { resume, cancel: () => timer.cancel() })
    }
    return true
  }

  /** Drops what is remembered for a key whose object is gone; if it waits, it goes on. */
  forget(key: string): void {
    this.#giveUp(key)
  }

  #add(key: string, witness: WriteWitness, uid: string, seen: () => boolean, timeoutMs = this.#timeoutMs): void {
    if (seen()) return
    const writes = this.#writes.get(key) ?? new Map<string, Write>()
    writes.set(uid, { witness, seen, deadline: this.#clock.monotonic() + timeoutMs })
    this.#writes.set(key, writes)
    this.#keysOf(witness).add(key)
  }

  #keysOf(witness: WriteWitness): Set<string> {
    const known = this.#keysByWitness.get(witness)
    if (known !== undefined) return known
    const keys = new Set<string>()
    this.#keysByWitness.set(witness, keys)
    witness.onProgress(() => {
      for (const key of keys) this.#check(key)
    })
    return keys
  }

  #check(key: string): void {
    if (this.#pendingUntil(key) !== undefined) return
    this.#resume(key)
  }

  /** Forgets what has been seen or has waited too long; the latest deadline of what is left. */
  #pendingUntil(key: string): number | undefined {
    const writes = this.#writes.get(key)
    if (writes === undefined) return undefined
    const now = this.#clock.monotonic()
    let latest: number | undefined
    for (const [uid, write] of writes) {
      if (write.seen() || write.deadline <= now) writes.delete(uid)
      else latest = Math.max(latest ?? 0, write.deadline)
    }
    if (latest === undefined) this.#drop(key)
    return latest
  }

  #giveUp(key: string): void {
    this.#drop(key)
    this.#resume(key)
  }

  #drop(key: string): void {
    this.#writes.delete(key)
    for (const keys of this.#keysByWitness.values()) keys.delete(key)
  }

  #resume(key: string): void {
    const postponed = this.#postponed.get(key)
    this.#postponed.delete(key)
    postponed?.cancel()
    postponed?.resume()
  }
}
