import { List } from '../expr/value.ts'
import { FunctionError } from './template-error.ts'
import type { Cell } from './template-function.ts'

/*
 * A template may come from whoever may write a ConfigMap, and runs where releases are steered: what it may take is far more than any
 * message needs, and little enough to hold nothing up.
 */

/** The most that one template may write, and that one of its functions may make, in characters. */
const maximumLength = 1_048_576

/** The most that all functions of one run read and make together, in characters and items. */
const maximumWork = 4 * maximumLength

/** The most steps that one run of a template takes: statements, commands, calls and rounds of loops. */
const maximumSteps = 100_000

/** Refuses a text that is too long before it is made. Go would make it, until memory ends. */
export const requireLength = (length: number | bigint): void => {
  if (length > maximumLength) throw new FunctionError(`the result is longer than ${maximumLength} characters`)
}

const sizeOf = (value: Cell): number => {
  if (typeof value === 'string') return value.length
  return value instanceof List ? value.items.length : 0
}

/** What one run of a template may still use. */
export class Budget {
  #steps = 0
  #work = 0
  #length = 0

  /** Counts a step. Throws FunctionError beyond the limit. */
  step(): void {
    this.#steps += 1
    if (this.#steps > maximumSteps) throw new FunctionError(`the template takes more than ${maximumSteps} steps`)
  }

  /** Counts what a function read or made. Throws FunctionError beyond the limit. */
  work(value: Cell): void {
    this.#work += sizeOf(value)
    if (this.#work > maximumWork)
      throw new FunctionError(`the functions of the template handle more than ${maximumWork} characters`)
  }

  /** Counts what is written. Throws FunctionError beyond the limit. */
  write(length: number): void {
    this.#length += length
    if (this.#length > maximumLength)
      throw new FunctionError(`the template writes more than ${maximumLength} characters`)
  }
}
