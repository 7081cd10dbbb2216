import { parsePattern } from './parse.ts'
import { type Assertion, isWordCode } from './pattern.ts'
import { compilePattern, type Instruction } from './program.ts'

const holds = (assertion: Assertion, before: number | undefined, after: number | undefined): boolean => {
  switch (assertion) {
    case 'textStart':
      return before === undefined
    case 'textEnd':
      return after === undefined
    case 'lineStart':
      return before === undefined || before === 10
    case 'lineEnd':
      return after === undefined || after === 10
    case 'wordBoundary':
      return isWordCode(before) !== isWordCode(after)
    case 'noWordBoundary':
      return isWordCode(before) === isWordCode(after)
  }
}

/**
 * A pattern with RE2's syntax and RE2's promise: the time that a match takes grows only linearly with the text, whatever the
 * pattern. JavaScript's own engine backtracks, and a pattern in a condition could hold the whole controller.
 */
export class LinearRegexp {
  /** Number of instructions: a match takes at most this many steps for each character. */
  readonly size: number
  readonly #instructions: readonly Instruction[]
  readonly #start: number

  constructor(source: string) {
    const { instructions, start } = compilePattern(parsePattern(source), source)
    this.#instructions = instructions
    this.#start = start
    this.size = instructions.length
  }

  /** Whether the pattern matches anywhere in `text`. */
  matches(text: string): boolean {
    const codes = Array.from(text, (character) => character.codePointAt(0) ?? 0)
    const seen = new Int32Array(this.size).fill(-1)
    let states: number[] = []
    for (let position = 0; position <= codes.length; position += 1) {
      const [before, after] = [codes[position - 1], codes[position]]
      const next: number[] = []
      if (this.#close([...states, this.#start], position, seen, before, after, next)) return true
      states = []
      if (after === undefined) return false
      for (const index of next) {
        const instruction = this.#instructions[index]
        if (instruction?.kind === 'character' && instruction.test(after)) states.push(instruction.next)
      }
    }
    return false
  }

  /** Follows everything that needs no character; true if that reaches a match, else fills `reached` with what waits for one. */
  #close(
    from: number[],
    position: number,
    seen: Int32Array,
    before: number | undefined,
    after: number | undefined,
    reached: number[],
  ): boolean {
    const stack = from
    for (let index = stack.pop(); index !== undefined; index = stack.pop()) {
      if (seen[index] === position) continue
      seen[index] = position
      const instruction = this.#instructions[index]
      if (instruction === undefined || instruction.kind === 'match') return true
      if (instruction.kind === 'character') reached.push(index)
      else if (instruction.kind === 'split') stack.push(instruction.other, instruction.next)
      else if (holds(instruction.assertion, before, after)) stack.push(instruction.next)
    }
    return false
  }
}

const cache = new Map<string, LinearRegexp>()
const maximumCached = 200

/** The compiled pattern, from a small cache. Throws {@link RegexpSyntaxError}. */
export const compileRegexp = (source: string): LinearRegexp => {
  const known = cache.get(source)
  if (known !== undefined) return known
  const compiled = new LinearRegexp(source)
  const oldest = cache.keys().next().value
  if (cache.size >= maximumCached && oldest !== undefined) cache.delete(oldest)
  cache.set(source, compiled)
  return compiled
}
