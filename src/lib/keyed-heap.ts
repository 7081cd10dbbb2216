interface Entry<Key> {
  readonly key: Key
  priority: number
  readonly order: number
}

/**
 * A binary min-heap that holds each key once and can move or remove it. A plain heap with abandoned entries would keep one
 * entry for every timer that was ever replaced, until its time comes. Equal priorities leave in the order of their coming.
 */
export class KeyedHeap<Key> {
  readonly #entries: Entry<Key>[] = []
  readonly #positions = new Map<Key, number>()
  #order = 0

  get size(): number {
    return this.#entries.length
  }

  /** The key with the least priority and that priority. */
  peek(): { readonly key: Key; readonly priority: number } | undefined {
    return this.#entries[0]
  }

  priorityOf(key: Key): number | undefined {
    const position = this.#positions.get(key)
    return position === undefined ? undefined : this.#entries[position]?.priority
  }

  /** Adds the key, or moves it to another priority. */
  set(key: Key, priority: number): void {
    this.delete(key)
    this.#entries.push({ key, priority, order: this.#order++ })
    this.#positions.set(key, this.#entries.length - 1)
    this.#rise(this.#entries.length - 1)
  }

  /** Removes the key; false when it was not there. */
  delete(key: Key): boolean {
    const position = this.#positions.get(key)
    if (position === undefined) return false
    const last = this.#entries.length - 1
    this.#swap(position, last)
    this.#entries.pop()
    this.#positions.delete(key)
    if (position < last) {
      this.#rise(position)
      this.#sink(position)
    }
    return true
  }

  clear(): void {
    this.#entries.length = 0
    this.#positions.clear()
  }

  #rise(start: number): void {
    for (let child = start; child > 0; ) {
      const parent = (child - 1) >> 1
      if (!this.#before(child, parent)) return
      this.#swap(child, parent)
      child = parent
    }
  }

  #sink(start: number): void {
    for (let parent = start; ; ) {
      const left = 2 * parent + 1
      const least = this.#before(left + 1, left) ? left + 1 : left
      if (!this.#before(least, parent)) return
      this.#swap(least, parent)
      parent = least
    }
  }

  #before(a: number, b: number): boolean {
    const [left, right] = [this.#entries[a], this.#entries[b]]
    if (left === undefined || right === undefined) return false
    return left.priority < right.priority || (left.priority === right.priority && left.order < right.order)
  }

  #swap(a: number, b: number): void {
    const [left, right] = [this.#entries[a], this.#entries[b]]
    if (left === undefined || right === undefined) return
    this.#entries[a] = right
    this.#entries[b] = left
    this.#positions.set(right.key, a)
    this.#positions.set(left.key, b)
  }
}
