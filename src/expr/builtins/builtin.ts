import type { Budget } from '../budget.ts'
import { conversionError } from '../expr-error.ts'
import type { Kind } from '../go-type.ts'
import { typeName, typeOf, type Value } from '../value.ts'

/** What a builtin may use beside its arguments. */
export interface BuiltinContext {
  readonly budget: Budget
  /** Nanoseconds since the epoch; the only way in which a condition sees the time. */
  readonly now: () => bigint
}

/** A builtin at run time; the type checker has seen the arguments that are known before. Throws {@link ExprError}. */
export type Builtin = (args: readonly Value[], context: BuiltinContext) => Value

/** Builtins by name. */
export type BuiltinTable = readonly (readonly [name: string, builtin: Builtin])[]

/** The argument at a position, nil if there is none. */
export const argument = (args: readonly Value[], index: number): Value => args[index] ?? null

/** A string argument. Throws where it is something else. */
export const stringArgument = (args: readonly Value[], index: number): string => {
  const value = argument(args, index)
  if (typeof value === 'string') return value
  throw conversionError(value === null ? 'nil' : typeName(value), 'string')
}

/** The kind in messages; nil has none and is called `invalid`. */
export const kindName = (value: Value): Kind | 'invalid' => typeOf(value)?.kind ?? 'invalid'
