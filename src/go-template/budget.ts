import { FunctionError } from './template-error.ts'

/** The most that one template may write, and that one of its functions may make, in characters. */
const maximumLength = 1_048_576

/** The most steps that one run of a template takes: statements and commands. */
const maximumSteps = 1_000_000

/** Refuses a text that is too long before it is made. Go would make it, until memory ends. */
export const requireLength = (length: number | bigint): void => {
  if (length > maximumLength) throw new FunctionError(`the result is longer than ${maximumLength} characters`)
}

/** What one run of a template may still use. */
export class Budget {
  #steps = 0
  #length = 0

  /** Counts a step. Throws FunctionError beyond the limit. */
  step(): void {
    this.#steps += 1
    if (this.#steps > maximumSteps) throw new FunctionError(`the template takes more than ${maximumSteps} steps`)
  }

  /** Counts what is written. Throws FunctionError beyond the limit. */
  write(length: number): void {
    this.#length += length
    if (this.#length > maximumLength)
      throw new FunctionError(`the template writes more than ${maximumLength} characters`)
  }
}
