import { compareStrings } from '../lib/go-string.ts'
import { runError } from './expr-error.ts'
import { isFloatType, isIntegerType } from './go-type.ts'
import {
  Dictionary,
  dereference,
  Func,
  Instant,
  isNil,
  List,
  Pointer,
  Scalar,
  Struct,
  typeName,
  type Value,
} from './value.ts'

/** A number as Go's operators see it: integers of every width as int64, floats as float64. Undefined for everything else. */
export const numberOf = (value: Value): bigint | number | undefined => {
  if (typeof value === 'bigint' || typeof value === 'number') return value
  if (!(value instanceof Scalar)) return undefined
  if (typeof value.value === 'bigint' && isIntegerType(value.type)) return BigInt.asIntN(64, value.value)
  return typeof value.value === 'number' && isFloatType(value.type) ? value.value : undefined
}

/** Any number as a float64; an unsigned one keeps its size. */
export const floatOf = (value: Value): number | undefined => {
  if (value instanceof Scalar && typeof value.value === 'bigint' && isIntegerType(value.type))
    return Number(value.value)
  const number = numberOf(value)
  return number === undefined ? undefined : Number(number)
}

/** Below zero, zero or above zero; NaN where one of the two is NaN. */
const compareNumbers = (left: Value, right: Value): number | undefined => {
  const [a, b] = [numberOf(left), numberOf(right)]
  if (a === undefined || b === undefined) return undefined
  if (typeof a === 'bigint' && typeof b === 'bigint') return a < b ? -1 : a > b ? 1 : 0
  const [x, y] = [floatOf(left) ?? 0, floatOf(right) ?? 0]
  return x < y ? -1 : x > y ? 1 : x === y ? 0 : Number.NaN
}

const durationOf = (value: Value): bigint | undefined =>
  value instanceof Scalar && value.type.name === 'time.Duration' && typeof value.value === 'bigint'
    ? value.value
    : undefined

const compareBigints = (left: bigint, right: bigint): number => (left < right ? -1 : left > right ? 1 : 0)

/** Orders two values of kinds that have an order; undefined if they have none. */
export const order = (left: Value, right: Value): number | undefined => {
  const numbers = compareNumbers(left, right)
  if (numbers !== undefined) return numbers
  if (typeof left === 'string' && typeof right === 'string') return compareStrings(left, right)
  if (left instanceof Instant && right instanceof Instant) {
    return compareBigints(left.time.nanoseconds, right.time.nanoseconds)
  }
  const [a, b] = [durationOf(left), durationOf(right)]
  return a === undefined || b === undefined ? undefined : compareBigints(a, b)
}

/** `<`, `<=`, `>`, `>=`. Throws for values without a common order. */
export const compare = (operator: string, left: Value, right: Value): boolean => {
  const sign = order(left, right)
  if (sign === undefined) throw runError(`invalid operation: ${typeName(left)} ${operator} ${typeName(right)}`)
  switch (operator) {
    case '<':
      return sign < 0
    case '<=':
      return sign <= 0
    case '>':
      return sign > 0
    default:
      return sign >= 0
  }
}

const comparableElements = new Set([
  'string',
  'interface {}',
  ...['int', 'int8', 'int16', 'int32', 'int64', 'uint', 'uint8', 'uint16', 'uint32', 'uint64', 'float32', 'float64'],
])

/** Whether the engine compares these lists element by element; others are equal only if they are of one type. */
const areListsComparable = (left: List, right: List): boolean => {
  if (left.type.kind !== 'slice' || right.type.kind !== 'slice') return false
  const [a, b] = [left.type.elem?.name ?? '', right.type.elem?.name ?? '']
  return (
    comparableElements.has(a) && comparableElements.has(b) && (a === b || a === 'interface {}' || b === 'interface {}')
  )
}

/** `==`: numbers by value whatever their types, lists by elements, everything else by type and content. */
export const equal = (left: Value, right: Value): boolean => {
  const numbers = compareNumbers(left, right)
  if (numbers !== undefined) return numbers === 0
  if (left instanceof List && right instanceof List && areListsComparable(left, right)) {
    return (
      left.items.length === right.items.length &&
      left.items.every((item, index) => equal(item, right.items[index] ?? null))
    )
  }
  if (left instanceof Instant && right instanceof Instant) return left.time.nanoseconds === right.time.nanoseconds
  return (isNil(left) && isNil(right)) || deepEqual(left, right)
}

/** Go's reflect.DeepEqual: the same type all the way down, so 1 and 1.0 inside a map differ. */
export const deepEqual = (left: Value, right: Value): boolean => {
  if (left === null || right === null || typeName(left) !== typeName(right)) return left === right
  if (left instanceof List && right instanceof List) {
    if (left === right) return true
    if (left.isNil !== right.isNil || left.items.length !== right.items.length) return false
    return left.items.every((item, index) => deepEqual(item, right.items[index] ?? null))
  }
  if (left instanceof Dictionary && right instanceof Dictionary) return left === right || equalEntries(left, right)
  if (left instanceof Struct && right instanceof Struct) {
    return [...left.fields].every(([name, field]) => deepEqual(field, right.fields.get(name) ?? null))
  }
  if (left instanceof Pointer) return deepEqual(dereference(left), dereference(right))
  if (left instanceof Scalar && right instanceof Scalar) return left.value === right.value
  if (left instanceof Instant && right instanceof Instant) {
    return left.time.nanoseconds === right.time.nanoseconds && left.time.zone === right.time.zone
  }
  return !(left instanceof Func) && left === right
}

const equalEntries = (left: Dictionary, right: Dictionary): boolean => {
  if (left.entries.size !== right.entries.size) return false
  for (const [key, [, value]] of left.entries) {
    const other = right.entries.get(key)
    if (other === undefined || !deepEqual(value, other[1])) return false
  }
  return true
}
