import { Fifo } from './fifo.ts'

/** Lets a bounded number of things go on at a time; the others wait in the order in which they came. */
export class Slots {
  readonly #waiting = new Fifo<() => void>()
  readonly #limit: number
  #active = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Does `work` once there is a slot for it. */
  async use<T>(work: () => Promise<T>): Promise<T> {
    if (this.#active >= this.#limit) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    else this.#active++
    try {
      return await work()
    } finally {
      // A slot is handed on, so that nobody can take it in between.
      const next = this.#waiting.take()
      if (next === undefined) this.#active--
      else next()
    }
  }
}
