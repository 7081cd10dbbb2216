import { evaluate } from './evaluator.ts'
import { ExprError } from './expr-error.ts'
import { type Nature, unknown } from './nature.ts'
import { compile } from './program.ts'
import type { Value } from './value.ts'

/** What an expression came to. `compile`: it is wrong whatever the values are; `run`: it cannot be computed for these. */
export type ExpressionOutcome =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly stage: 'compile' | 'run'; readonly message: string }

const naturesOf = (names: readonly string[]): ReadonlyMap<string, Nature> =>
  new Map(names.map((name) => [name, unknown]))

const programOf = (expression: string, names: readonly string[]) =>
  compile(expression, `the values ${names.join(', ')}`, () => naturesOf(names))

const outcomeOf = (make: () => Value): ExpressionOutcome => {
  try {
    return { ok: true, value: make() }
  } catch (error) {
    if (!(error instanceof ExprError)) throw error
    const stage = error.stage === 'compile' ? 'compile' : 'run'
    return { ok: false, stage, message: error.message.toWellFormed() }
  }
}

/** What is wrong with an expression over named values of which nothing else is known; `undefined` when nothing is. */
export const expressionFault = (expression: string, names: readonly string[]): string | undefined => {
  const outcome = outcomeOf(() => {
    programOf(expression, names)
    return null
  })
  return outcome.ok ? undefined : outcome.message
}

/** Evaluates an expression over named values. `now` gives nanoseconds since the epoch. Never throws for a bad expression. */
export const evaluateNamed = (
  expression: string,
  values: ReadonlyMap<string, Value>,
  now: () => bigint,
): ExpressionOutcome =>
  outcomeOf(() => evaluate(programOf(expression, [...values.keys()]), { environment: values, now }))
