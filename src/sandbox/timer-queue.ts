import type { Timer } from '../lib/clock.ts'

interface Entry {
  readonly atMs: number
  readonly order: number
  callback: (() => void) | undefined
}

const before = (left: Entry, right: Entry): boolean =>
  left.atMs < right.atMs || (left.atMs === right.atMs && left.order < right.order)

/**
 * Timers by time, and among those of the same time by the order in which they were made. A binary heap; a cancelled timer
 * stays in it, empty, until it comes to the top.
 */
export class TimerQueue {
  readonly #heap: Entry[] = []
  #made = 0

  add(atMs: number, callback: () => void): Timer {
    const entry: Entry = { atMs, order: this.#made, callback }
    this.#made += 1
    this.#heap.push(entry)
    this.#siftUp(this.#heap.length - 1)
    return {
      cancel: () => {
        entry.callback = undefined
      },
    }
  }

  /** Timers that have neither fired nor been cancelled. */
  get pending(): number {
    return this.#heap.filter(({ callback }) => callback !== undefined).length
  }

  /** Time of the earliest timer that is not cancelled. */
  nextTime(): number | undefined {
    while (this.#heap[0] !== undefined && this.#heap[0].callback === undefined) this.#removeTop()
    return this.#heap[0]?.atMs
  }

  /** Removes the earliest timer and returns what it calls; undefined when there is none. */
  take(): (() => void) | undefined {
    if (this.nextTime() === undefined) return undefined
    const entry = this.#removeTop()
    const callback = entry?.callback
    if (entry !== undefined) entry.callback = undefined
    return callback
  }

  #removeTop(): Entry | undefined {
    const top = this.#heap[0]
    const last = this.#heap.pop()
    if (last !== undefined && last !== top) {
      this.#heap[0] = last
      this.#siftDown(0)
    }
    return top
  }

  #siftUp(start: number): void {
    for (let index = start; index > 0; ) {
      const parent = (index - 1) >> 1
      if (!this.#swapIfBefore(index, parent)) return
      index = parent
    }
  }

  #siftDown(start: number): void {
    for (let index = start; ; ) {
      const left = 2 * index + 1
      const child = this.#earlier(left, left + 1)
      if (!this.#swapIfBefore(child, index)) return
      index = child
    }
  }

  #earlier(left: number, right: number): number {
    const [leftEntry, rightEntry] = [this.#heap[left], this.#heap[right]]
    return leftEntry !== undefined && rightEntry !== undefined && before(rightEntry, leftEntry) ? right : left
  }

  /** Exchanges the two entries when the one at `index` belongs before the one at `other`. */
  #swapIfBefore(index: number, other: number): boolean {
    const [entry, otherEntry] = [this.#heap[index], this.#heap[other]]
    if (entry === undefined || otherEntry === undefined || !before(entry, otherEntry)) return false
    this.#heap[index] = otherEntry
    this.#heap[other] = entry
    return true
  }
}
