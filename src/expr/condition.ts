import { environmentNatures, environmentValues, plainResult } from './environment.ts'
import { evaluate } from './evaluator.ts'
import { ExprError, pointAt } from './expr-error.ts'
import { compile } from './program.ts'
import { isNil, List, typeName, type Value } from './value.ts'

/** Where a condition is wrong: line and column count from 1, the snippet shows the line with a caret below the place. */
export interface ConditionPosition {
  readonly line: number
  readonly column: number
  readonly snippet: string
}

/** What came of a condition. `compile`: it is wrong for every result of this type; `run`: for this result; `type`: it gave no bool. */
export type ConditionOutcome =
  | { readonly ok: true; readonly value: boolean }
  | {
      readonly ok: false
      readonly stage: 'compile' | 'run' | 'type'
      /** The published engine's words, without the place. */
      readonly message: string
      readonly position?: ConditionPosition
    }

/** The clock for conditions that ask `now()`; nanoseconds since the epoch. */
export type NowInNanoseconds = () => bigint

/**
 * Evaluates a success or failure condition on a metric's result. Never throws for a bad condition, and never takes long:
 * nodes, depth, steps and sizes are limited.
 */
export const evaluateCondition = (expression: string, result: Value, now: NowInNanoseconds): ConditionOutcome => {
  try {
    const plain = plainResult(result)
    const program = compile(expression, typeName(plain), () => environmentNatures(plain))
    const value = evaluate(program, { environment: environmentValues(plain), now })
    if (typeof value === 'boolean') return { ok: true, value }
    return { ok: false, stage: 'type', message: `expected bool, but got ${typeName(value)}` }
  } catch (error) {
    if (error instanceof ExprError) return explain(expression, error)
    throw error
  }
}

const explain = (expression: string, { stage, message, offset }: ExprError): ConditionOutcome => ({
  ok: false,
  stage,
  // Half a character can be cut out of a string, but not be written to a status.
  message: message.toWellFormed(),
  ...(offset !== undefined && { position: pointAt(expression, offset) }),
})

/** Words about a place in a condition, and below them the line with a caret under it. */
export const describePlace = (words: string, { line, column, snippet }: ConditionPosition): string =>
  snippet === '' ? `${words} (${line}:${column})` : `${words} (${line}:${column})\n${snippet}`

/** The conditions of a metric; empty is the same as absent. */
export interface Conditions {
  readonly successCondition?: string | undefined
  readonly failureCondition?: string | undefined
}

/** What a measurement is worth. */
export interface ResultAssessment {
  readonly phase: 'Successful' | 'Failed' | 'Inconclusive' | 'Error'
  /** For phase Error: which condition could not be evaluated, and why. The published words. */
  readonly message?: string
  /** Where in that condition, where it is known: its name, and the line with a caret below the place. */
  readonly place?: string
}

const isEmpty = (result: Value): boolean => isNil(result) || (result instanceof List && result.items.length === 0)

const noData = 'metric result is nil or empty: no data returned from the metric provider'

const decide = (success: boolean | undefined, failure: boolean | undefined): ResultAssessment['phase'] => {
  if (success === undefined && failure === undefined) return 'Successful'
  if (failure === undefined) return success ? 'Successful' : 'Failed'
  if (failure) return 'Failed'
  return success === undefined || success ? 'Successful' : 'Inconclusive'
}

const failed = (
  name: string,
  expression: string,
  { message, position }: { readonly message: string; readonly position?: ConditionPosition },
): ResultAssessment => ({
  phase: 'Error',
  message: `could not evaluate ${name} "${expression}": ${message}`,
  ...(position && { place: describePlace(name, position) }),
})

/**
 * Judges a result as published: without conditions it is Successful, a failure condition that holds outweighs everything,
 * and with both conditions and neither of them true it is Inconclusive. A condition that cannot be evaluated makes an
 * Error; on a nil or empty result every such error is reported as missing data, which is what causes nearly all of them.
 */
export const assessResult = (conditions: Conditions, result: Value, now: NowInNanoseconds): ResultAssessment => {
  const values: { successCondition?: boolean; failureCondition?: boolean } = {}
  for (const name of ['successCondition', 'failureCondition'] as const) {
    const expression = conditions[name]
    if (!expression) continue
    const outcome = evaluateCondition(expression, result, now)
    if (!outcome.ok) return failed(name, expression, isEmpty(result) ? { message: noData } : outcome)
    values[name] = outcome.value
  }
  return { phase: decide(values.successCondition, values.failureCondition) }
}
