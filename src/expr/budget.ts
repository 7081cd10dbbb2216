import { runError } from './expr-error.ts'

/** As in the published engine: elements that one run may create in lists, maps and ranges, and bytes that `repeat` may. */
const maximumElements = 1_000_000
/** Ours: steps of one run, so that loops within loops cannot hold the controller; below a second. */
const maximumSteps = 10_000_000
/** Ours: characters that one run may put into new strings. */
const maximumCharacters = 16_000_000

/** What one run of a condition may use. Every method throws {@link ExprError} once it has used more. */
export class Budget {
  #elements = 0
  #steps = 0
  #characters = 0

  step(): void {
    this.#steps += 1
    if (this.#steps > maximumSteps) throw runError('evaluation takes too long: simplify the condition')
  }

  grow(elements: number): void {
    this.#elements += elements
    if (this.#elements >= maximumElements) throw runError('memory budget exceeded')
  }

  write(text: string): string {
    this.#characters += text.length
    if (this.#characters > maximumCharacters) throw runError('memory budget exceeded')
    return text
  }

  /** Work of a builtin that grows with its input, such as searching a list. */
  work(steps: number): void {
    this.#steps += steps
    this.step()
  }
}
