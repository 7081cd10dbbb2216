/** Index values of an object; an object may have several, or none. */
export type IndexFunction<T> = (object: T) => readonly string[]

/** Objects by the values that one index function finds in them. */
export class StoreIndex<Item, Entry> {
  readonly #valuesOf: (item: Item) => readonly string[]
  readonly #buckets = new Map<string, Set<Entry>>()

  constructor(valuesOf: (item: Item) => readonly string[]) {
    this.#valuesOf = valuesOf
  }

  add(item: Item, entry: Entry): void {
    for (const value of this.#valuesOf(item)) {
      const bucket = this.#buckets.get(value)
      if (bucket === undefined) this.#buckets.set(value, new Set([entry]))
      else bucket.add(entry)
    }
  }

  /** Takes an entry out; empty buckets go with it, so that an index does not remember values of the past. */
  remove(item: Item, entry: Entry): void {
    for (const value of this.#valuesOf(item)) {
      const bucket = this.#buckets.get(value)
      bucket?.delete(entry)
      if (bucket?.size === 0) this.#buckets.delete(value)
    }
  }

  get(value: string): Iterable<Entry> {
    return this.#buckets.get(value) ?? []
  }
}
