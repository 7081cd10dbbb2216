/** Values of a metric's labels, one for each label. */
export type Labels<Label extends string> = Readonly<Record<Label, string>>

/**
 * The label combinations of one metric. Bounds them, since a label with a value for every object that ever lived would be
 * a leak, and finds those of an object that is gone.
 */
export class SeriesSet<Label extends string> {
  readonly #names: readonly Label[]
  readonly #limit: number
  readonly #known = new Map<string, Labels<Label>>()

  constructor(names: readonly Label[], limit: number) {
    this.#names = names
    this.#limit = limit
  }

  get size(): number {
    return this.#known.size
  }

  /** False when this would be a new combination beyond the limit. */
  admit(labels: Labels<Label>): boolean {
    const key = this.#names.map((name) => labels[name]).join('\u0000')
    if (this.#known.has(key)) return true
    if (this.#known.size >= this.#limit) return false
    this.#known.set(key, labels)
    return true
  }

  /** Forgets and returns every combination that has these values. */
  take(part: Partial<Labels<Label>>): Labels<Label>[] {
    const wanted = this.#names.filter((name) => part[name] !== undefined)
    const taken: Labels<Label>[] = []
    for (const [key, labels] of this.#known) {
      if (!wanted.every((name) => labels[name] === part[name])) continue
      this.#known.delete(key)
      taken.push(labels)
    }
    return taken
  }
}
