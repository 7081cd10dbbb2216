import { holds } from './assertion.ts'
import type { Instruction } from './program.ts'

/** Where a match and its groups begin and end, in code points: the whole match first; undefined for groups that took no part. */
export type RegexpMatch = readonly (readonly [start: number, end: number] | undefined)[]

interface Program {
  readonly instructions: readonly Instruction[]
  readonly start: number
  /** Number of groups, the whole match included. */
  readonly groups: number
}

/** A way through the automaton: the instruction that waits for a character, and the places so far. */
interface Thread {
  readonly at: number
  readonly slots: readonly number[]
}

/** Follows everything that needs no character, best way first, and collects what waits for one. */
const follow = (
  program: Program,
  first: Thread,
  position: number,
  codes: readonly number[],
  seen: Int32Array,
  reached: Thread[],
): void => {
  const stack = [first]
  for (let thread = stack.pop(); thread !== undefined; thread = stack.pop()) {
    const { at, slots } = thread
    if (seen[at] === position) continue
    seen[at] = position
    const instruction = program.instructions[at]
    if (instruction === undefined || instruction.kind === 'match' || instruction.kind === 'character') {
      reached.push(thread)
    } else if (instruction.kind === 'split') {
      stack.push({ at: instruction.other, slots }, { at: instruction.next, slots })
    } else if (instruction.kind === 'save') {
      stack.push({ at: instruction.next, slots: slots.with(instruction.slot, position) })
    } else if (holds(instruction.assertion, codes[position - 1], codes[position])) {
      stack.push({ at: instruction.next, slots })
    }
  }
}

const matchOf = (slots: readonly number[]): RegexpMatch =>
  Array.from({ length: slots.length / 2 }, (_, group) => {
    const [start = -1, end = -1] = slots.slice(2 * group, 2 * group + 2)
    return start < 0 || end < 0 ? undefined : [start, end]
  })

/** The leftmost match from a place on, by following all ways at once: the time grows with the text's length and the pattern's, no more. */
export const findMatch = (program: Program, codes: readonly number[], from: number): RegexpMatch | undefined => {
  const seen = new Int32Array(program.instructions.length).fill(-1)
  const unset: readonly number[] = new Array(2 * program.groups).fill(-1)
  let threads: Thread[] = []
  let found: readonly number[] | undefined
  for (let position = from; position <= codes.length; position += 1) {
    const waiting: Thread[] = []
    for (const thread of threads) follow(program, thread, position, codes, seen, waiting)
    // A match that begins later is only of interest as long as there is none.
    if (found === undefined) {
      follow(program, { at: program.start, slots: unset.with(0, position) }, position, codes, seen, waiting)
    }
    const code = codes[position]
    threads = []
    for (const { at, slots } of waiting) {
      const instruction = program.instructions[at]
      if (instruction?.kind !== 'character') {
        found = slots.with(1, position)
        break
      }
      if (code !== undefined && instruction.test(code)) threads.push({ at: instruction.next, slots })
    }
    if (threads.length === 0 && found !== undefined) break
  }
  return found === undefined ? undefined : matchOf(found)
}
