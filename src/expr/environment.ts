import { NumberSyntaxError, parseFloat64, parseInt64 } from '../lib/go-number.ts'
import { truncate } from './arithmetic.ts'
import { floatOf, numberOf } from './compare.ts'
import { conversionError, runError } from './expr-error.ts'
import { formatValue } from './format.ts'
import { anyType, boolType, float64Type, funcOf, type GoType, int64Type } from './go-type.ts'
import { type Nature, natureOf, nilNature } from './nature.ts'
import { dereference, Func, isNil, Scalar, typeName, typeOf, type Value } from './value.ts'

/*
 * The names of a condition. Source: the published documentation of analysis (`result`, `asInt`, `asFloat`, `isNaN`,
 * `isInf`, `isNil`, `default`) and recorded answers: isNil and default look at the result, never at their first argument.
 */

const signatures: readonly (readonly [name: string, type: GoType])[] = [
  ['asInt', funcOf([anyType], [int64Type])],
  ['asFloat', funcOf([anyType], [float64Type])],
  ['isNaN', funcOf([float64Type], [boolType])],
  ['isInf', funcOf([float64Type], [boolType])],
  ['isNil', funcOf([anyType], [boolType])],
  ['default', funcOf([anyType, anyType], [anyType])],
]

/** The result as conditions see it: a pointer is its target, and everything nil is plain nil. */
export const plainResult = (result: Value): Value => (isNil(result) ? null : dereference(result))

/** What the type checker knows of the names, given the type of the (plain) result. */
export const environmentNatures = (result: Value): ReadonlyMap<string, Nature> => {
  const type = typeOf(result)
  return new Map<string, Nature>([
    ['result', type === undefined ? nilNature : natureOf(type)],
    ...signatures.map(([name, signature]): [string, Nature] => [name, natureOf(signature)]),
  ])
}

const parsed = <T>(text: string, parse: (text: string) => T): T => {
  try {
    return parse(text)
  } catch (error) {
    if (error instanceof NumberSyntaxError) throw runError(error.message)
    throw error
  }
}

const unsupported = (name: string, value: Value): never => {
  throw runError(`${name}() not supported on ${typeName(value)} ${formatValue(value)}`)
}

const asInt = (value: Value): Value => {
  if (typeof value === 'string') return new Scalar(int64Type, parsed(value, parseInt64))
  const number = numberOf(value) ?? unsupported('asInt', value)
  return new Scalar(int64Type, typeof number === 'bigint' ? number : truncate(number))
}

const asFloat = (value: Value): Value =>
  typeof value === 'string' ? parsed(value, parseFloat64) : (floatOf(value) ?? unsupported('asFloat', value))

const float = (value: Value): number => {
  if (typeof value === 'number') return value
  throw conversionError(value === null ? 'nil' : typeName(value), 'float64')
}

const isInfinite = (value: number): boolean => value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY

/** The values of the names for one (plain) result. */
export const environmentValues = (result: Value): ReadonlyMap<string, Value> => {
  const calls: Readonly<Record<string, (args: readonly Value[]) => Value>> = {
    asInt: ([value = null]) => asInt(value),
    asFloat: ([value = null]) => asFloat(value),
    isNaN: ([value = null]) => Number.isNaN(float(value)),
    isInf: ([value = null]) => isInfinite(float(value)),
    isNil: () => result === null,
    default: ([, fallback = null]) => result ?? fallback,
  }
  return new Map<string, Value>([
    ['result', result],
    ...signatures.map(([name, type]): [string, Value] => [name, new Func(type, calls[name] ?? (() => null))]),
  ])
}

const names = ['isNaN', 'isInf']
const only = <T>(map: ReadonlyMap<string, T>): ReadonlyMap<string, T> =>
  new Map([...map].filter(([name]) => names.includes(name)))

/** Time expressions have no result, and of the functions only these. */
export const timeNatures: ReadonlyMap<string, Nature> = only(environmentNatures(null))
/** The values of {@link timeNatures}. */
export const timeValues: ReadonlyMap<string, Value> = only(environmentValues(null))
