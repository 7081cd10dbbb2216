import { timeNatures, timeValues } from './environment.ts'
import { evaluate } from './evaluator.ts'
import { ExprError } from './expr-error.ts'
import { compile } from './program.ts'
import { Instant, typeName } from './value.ts'

/** What a time expression came to: milliseconds since the epoch, or why it has no time. */
export type TimeOutcome =
  | { readonly ok: true; readonly epochMilliseconds: number }
  | { readonly ok: false; readonly message: string }

/**
 * Evaluates a time expression, such as `now() - duration("1h")`: the start and end of a Prometheus range query. `now` gives
 * nanoseconds since the epoch.
 */
export const evaluateTime = (expression: string, now: () => bigint): TimeOutcome => {
  try {
    const program = compile(expression, 'a time expression', () => timeNatures)
    const value = evaluate(program, { environment: timeValues, now })
    if (value instanceof Instant) return { ok: true, epochMilliseconds: Number(value.time.nanoseconds / 1_000_000n) }
    return { ok: false, message: `expected time.Time, but got ${typeName(value)}` }
  } catch (error) {
    if (error instanceof ExprError) return { ok: false, message: error.message }
    throw error
  }
}
