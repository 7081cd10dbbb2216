import { holds } from './assertion.ts'
import { findMatch, type RegexpMatch } from './find.ts'
import { parsePattern } from './parse.ts'
import type { Pattern } from './pattern.ts'
import { compilePattern, type Instruction } from './program.ts'

/** Names of groups by their number; unnamed ones are undefined. The first is the whole match. */
const groupNamesOf = (pattern: Pattern, names: (string | undefined)[] = [undefined]): (string | undefined)[] => {
  if (pattern.kind === 'group') names[pattern.index] = pattern.name
  if (pattern.kind === 'group' || pattern.kind === 'repeat') groupNamesOf(pattern.part, names)
  const parts = pattern.kind === 'sequence' ? pattern.parts : pattern.kind === 'choice' ? pattern.options : []
  for (const part of parts) groupNamesOf(part, names)
  return names
}

/**
 * A pattern with RE2's syntax and RE2's promise: the time that a match takes grows only linearly with the text, whatever the
 * pattern. JavaScript's own engine backtracks, and a pattern in a condition could hold the whole controller.
 */
export class LinearRegexp {
  /** Number of instructions: a match takes at most this many steps for each character. */
  readonly size: number
  /** Names of groups by their number; unnamed ones are undefined. The first is the whole match. */
  readonly groupNames: readonly (string | undefined)[]
  readonly #instructions: readonly Instruction[]
  readonly #start: number

  constructor(source: string) {
    const pattern = parsePattern(source)
    const { instructions, start } = compilePattern(pattern, source)
    this.groupNames = groupNamesOf(pattern)
    this.#instructions = instructions
    this.#start = start
    this.size = instructions.length
  }

  /**
   * The first match at or after a place, and of several there the one that Perl would find. Places are indexes of `codes`, the code points
   * of the text; each step copies the places of the groups, so that a match costs some times more than {@link matches}.
   */
  find(codes: readonly number[], from = 0): RegexpMatch | undefined {
    return findMatch(
      { instructions: this.#instructions, start: this.#start, groups: this.groupNames.length },
      codes,
      from,
    )
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
      else if (instruction.kind === 'save') stack.push(instruction.next)
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
