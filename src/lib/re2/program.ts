import type { Assertion, CharacterTest, Pattern } from './pattern.ts'
import { RegexpSyntaxError } from './syntax-error.ts'

/** An instruction of the automaton; `next` and `other` are indexes of instructions. */
export type Instruction =
  | { readonly kind: 'character'; readonly test: CharacterTest; readonly next: number }
  | { readonly kind: 'assertion'; readonly assertion: Assertion; readonly next: number }
  /** Two ways on; a match by `next` is preferred. */
  | { kind: 'split'; next: number; other: number }
  /** Remembers the place in a slot: two for each group, where it begins and where it ends. */
  | { readonly kind: 'save'; readonly slot: number; readonly next: number }
  | { readonly kind: 'match' }

/** Far above what a thousand repetitions of a long pattern need. */
const maximumInstructions = 200_000

/** Makes the automaton of a pattern: instructions, and the index of the first. */
export const compilePattern = (
  pattern: Pattern,
  source: string,
): { instructions: readonly Instruction[]; start: number } => {
  const instructions: Instruction[] = [{ kind: 'match' }]

  const emit = (instruction: Instruction): number => {
    if (instructions.length >= maximumInstructions) throw new RegexpSyntaxError('expression too large', source)
    return instructions.push(instruction) - 1
  }

  const star = (part: Pattern, next: number, isLazy: boolean): number => {
    const split: Instruction = { kind: 'split', next, other: next }
    const at = emit(split)
    split[isLazy ? 'other' : 'next'] = compile(part, at)
    return at
  }

  const repeat = (part: Pattern, min: number, max: number, next: number, isLazy: boolean): number => {
    let at = Number.isFinite(max) ? next : star(part, next, isLazy)
    for (let optional = min; Number.isFinite(max) && optional < max; optional += 1) {
      const once = compile(part, at)
      at = emit(isLazy ? { kind: 'split', next, other: once } : { kind: 'split', next: once, other: next })
    }
    for (let required = 0; required < min; required += 1) at = compile(part, at)
    return at
  }

  /** Compiles from the end to the start: what follows is known already. */
  const compile = (node: Pattern, next: number): number => {
    switch (node.kind) {
      case 'empty':
        return next
      case 'character':
        return emit({ kind: 'character', test: node.test, next })
      case 'assertion':
        return emit({ kind: 'assertion', assertion: node.assertion, next })
      case 'sequence':
        return node.parts.reduceRight((after, part) => compile(part, after), next)
      case 'choice':
        return node.options
          .map((option) => compile(option, next))
          .reduceRight((other, option) => emit({ kind: 'split', next: option, other }))
      case 'repeat':
        return repeat(node.part, node.min, node.max, next, node.isLazy)
      case 'group': {
        const end = emit({ kind: 'save', slot: 2 * node.index + 1, next })
        return emit({ kind: 'save', slot: 2 * node.index, next: compile(node.part, end) })
      }
    }
  }

  const start = compile(pattern, 0)
  return { instructions, start }
}
