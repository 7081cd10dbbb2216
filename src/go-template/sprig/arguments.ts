import { truncate } from '../../expr/arithmetic.ts'
import { formatValue } from '../../expr/format.ts'
import { int64Type, isFloatType, isIntegerKind } from '../../expr/go-type.ts'
import { byteText, Dictionary, dereference, List, Scalar, stringMap, typeOf, type Value } from '../../expr/value.ts'
import { NumberSyntaxError, parseFloat64 } from '../../lib/go-number.ts'
import { NumberConstantError, numberConstant } from '../number-constant.ts'
import { FunctionError } from '../template-error.ts'
import type { Cell } from '../template-function.ts'

/** What Go's runtime says where a function asks nil for its type. */
const nilPointer = 'runtime error: invalid memory address or nil pointer dereference'

/** A string parameter's value; the evaluator has checked the type. */
export const stringOf = (cell: Cell): string => (typeof cell === 'string' ? cell : '')

/** An int parameter's value as a number, kept within what a number holds exactly. */
export const intOf = (cell: Cell): number => {
  const value = typeof cell === 'bigint' ? cell : 0n
  const limit = BigInt(Number.MAX_SAFE_INTEGER)
  return Number(value > limit ? limit : value < -limit ? -limit : value)
}

/** A value as text: bytes are the text that they spell, everything else is as `%v` has it. */
export const textOf = (cell: Cell): string => {
  if (typeof cell === 'string') return cell
  return byteText(cell ?? null) ?? formatValue(cell ?? null)
}

/** The items of a list. `refusal` says what cannot be done with other kinds: `Cannot push on type`; `end` comes behind the kind. */
export const itemsOf = (cell: Cell, refusal: string, end = ''): readonly Value[] => {
  if (cell === undefined || cell === null) throw new FunctionError(nilPointer)
  if (cell instanceof List) return cell.items
  throw new FunctionError(`${refusal} ${typeOf(cell)?.kind}${end}`)
}

/** The members of a map parameter, in the order of their keys: Go's own order is random. */
export const membersOf = (cell: Cell): readonly (readonly [string, Value])[] =>
  cell instanceof Dictionary
    ? Array.from(cell.entries.values(), ([key, value]): [string, Value] => [String(key), value]).sort(([a], [b]) =>
        a < b ? -1 : 1,
      )
    : []

/** The member of a map; undefined where there is none. */
export const memberOf = (cell: Cell, key: string): Value | undefined =>
  cell instanceof Dictionary ? cell.entries.get(`string:${key}`)?.[1] : undefined

/** The map that a function changes in place, as `set` does; one that cannot be changed is a new one. */
export const entriesOf = (cell: Cell): Map<string, readonly [Value, Value]> => {
  const entries: unknown = cell instanceof Dictionary ? cell.entries : undefined
  return entries instanceof Map ? entries : new Map()
}

/** A new map with these members. */
export const mapOf = (members: Iterable<readonly [string, Value]>): Dictionary => stringMap(members)

const numberOf = (cell: Cell): bigint | number | undefined => {
  const value = dereference(cell ?? null)
  if (typeof value === 'bigint' || typeof value === 'number') return value
  if (typeof value === 'boolean') return value ? 1n : 0n
  if (!(value instanceof Scalar) || typeof value.value === 'string') return undefined
  // Of named types only these two are numbers to the library that converts.
  const isNumber = value.type.package === '' || ['time.Weekday', 'time.Month'].includes(value.type.name)
  return isNumber && (isIntegerKind(value.type.kind) || isFloatType(value.type)) ? value.value : undefined
}

const trimZeroDecimals = (text: string): string => text.replace(/\.0+$/, '')

const integerText = (text: string): bigint => {
  try {
    const { integer, looksLikeFloat } = numberConstant(trimZeroDecimals(text))
    return integer === undefined || looksLikeFloat || integer >= 2n ** 63n ? 0n : integer
  } catch (error) {
    if (error instanceof NumberConstantError) return 0n
    throw error
  }
}

/** Anything as an integer: texts are read, fractions cut, and what is no number is 0. */
export const integerOf = (cell: Cell): bigint => {
  if (typeof cell === 'string') return integerText(cell)
  const number = numberOf(cell) ?? 0n
  return typeof number === 'bigint' ? BigInt.asIntN(64, number) : truncate(number)
}

/** Anything as a float64; what is no number is 0. */
export const floatOf = (cell: Cell): number => {
  if (typeof cell !== 'string') return Number(numberOf(cell) ?? 0)
  try {
    return parseFloat64(cell)
  } catch (error) {
    if (error instanceof NumberSyntaxError) return 0
    throw error
  }
}

/** An int64, wrapping. */
export const int64 = (value: bigint): Scalar => new Scalar(int64Type, BigInt.asIntN(64, value))
