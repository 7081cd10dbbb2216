/** Values of a metric's labels, one for each label. */
export type Labels<Label extends string> = Readonly<Record<Label, string>>

const separator = '\u0000'

/** How many labels name an object: `namespace` and `name`, where they come first. */
const objectLabels = 2

const joined = <Label extends string>(names: readonly Label[], labels: Partial<Labels<Label>>): string =>
  names.map((name) => labels[name]).join(separator)

/**
 * The series of one metric, each with what is known of it. Their number is bounded, since a label with a value for every
 * object that ever lived would be a leak. They are kept by the values of the first two labels, so that those of an object
 * that is gone are found at once; and no series costs more than its value and the text of its labels, of which there are
 * thousands.
 */
export class SeriesMap<Label extends string, Value> {
  readonly #first: readonly Label[]
  readonly #rest: readonly Label[]
  readonly #limit: number
  readonly #groups = new Map<string, Map<string, Value>>()
  #size = 0

  constructor(names: readonly Label[], limit: number) {
    this.#first = names.slice(0, objectLabels)
    this.#rest = names.slice(objectLabels)
    this.#limit = limit
  }

  get size(): number {
    return this.#size
  }

  get(labels: Labels<Label>): Value | undefined {
    return this.#groups.get(joined(this.#first, labels))?.get(joined(this.#rest, labels))
  }

  /** False when this would be a new series beyond the limit. */
  set(labels: Labels<Label>, value: Value): boolean {
    const key = joined(this.#first, labels)
    const rest = joined(this.#rest, labels)
    const group = this.#groups.get(key)
    if (group?.has(rest) !== true) {
      if (this.#size >= this.#limit) return false
      this.#size++
    }
    if (group === undefined) this.#groups.set(key, new Map([[rest, value]]))
    else group.set(rest, value)
    return true
  }

  /** Forgets every series that has these values of the first two labels, or of the first. */
  remove(part: Partial<Labels<Label>>): void {
    const wanted = joined(this.#first, part)
    if (this.#first.every((name) => part[name] !== undefined)) {
      this.#drop(wanted)
      return
    }
    const given = this.#first.map((name) => part[name])
    for (const key of this.#groups.keys()) {
      const values = key.split(separator)
      if (given.every((value, index) => value === undefined || value === values[index])) this.#drop(key)
    }
  }

  /** Every series, in the order in which their objects first had one. */
  *entries(): Generator<readonly [Labels<Label>, Value]> {
    for (const [key, group] of this.#groups) {
      for (const [rest, value] of group) yield [this.#labelsOf(key, rest), value]
    }
  }

  #drop(key: string): void {
    this.#size -= this.#groups.get(key)?.size ?? 0
    this.#groups.delete(key)
  }

  #labelsOf(key: string, rest: string): Labels<Label> {
    const values = [...key.split(separator), ...rest.split(separator)]
    const named = [...this.#first, ...this.#rest].map((name, index) => [name, values[index] ?? ''] as const)
    // The names are those of the labels, all of them.
    return Object.fromEntries(named) as Labels<Label>
  }
}
