import { concatenate } from '../lib/go-string.ts'
import { compare, floatOf, numberOf } from './compare.ts'
import { runError } from './expr-error.ts'
import { duration, Instant, Scalar, typeName, type Value } from './value.ts'

/** Go's int: 64 bits, wrapping. */
export const wrap = (value: bigint): bigint => BigInt.asIntN(64, value)

const minimum = -(2n ** 63n)

/**
 * A float as a Go int, toward zero. What does not fit is the smallest int64, as the published controller gives on amd64
 * (Go leaves it to the processor).
 */
export const truncate = (value: number): bigint => {
  if (!Number.isFinite(value)) return minimum
  const whole = BigInt(Math.trunc(value))
  return whole >= minimum && whole < -minimum ? whole : minimum
}

const durationOf = (value: Value): bigint | undefined =>
  value instanceof Scalar && value.type.name === 'time.Duration' && typeof value.value === 'bigint'
    ? value.value
    : undefined

const shift = (instant: Instant, nanoseconds: bigint): Instant =>
  new Instant({ ...instant.time, nanoseconds: instant.time.nanoseconds + nanoseconds })

const mismatch = (operator: string, left: Value, right: Value): never => {
  throw runError(`invalid operation: ${typeName(left)} ${operator} ${typeName(right)}`)
}

/** Computes with two numbers: as floats if one of them is one, else as wrapping ints. Undefined for other values. */
const numeric = (
  left: Value,
  right: Value,
  ints: (a: bigint, b: bigint) => bigint,
  floats: (a: number, b: number) => number,
): bigint | number | undefined => {
  const [a, b] = [numberOf(left), numberOf(right)]
  if (a === undefined || b === undefined) return undefined
  if (typeof a === 'bigint' && typeof b === 'bigint') return wrap(ints(a, b))
  return floats(floatOf(left) ?? 0, floatOf(right) ?? 0)
}

const add = (left: Value, right: Value): Value => {
  const sum = numeric(
    left,
    right,
    (a, b) => a + b,
    (a, b) => a + b,
  )
  if (sum !== undefined) return sum
  if (typeof left === 'string' && typeof right === 'string') return concatenate(left, right)
  const [a, b] = [durationOf(left), durationOf(right)]
  if (a !== undefined && b !== undefined) return duration(a + b)
  if (left instanceof Instant && b !== undefined) return shift(left, b)
  if (right instanceof Instant && a !== undefined) return shift(right, a)
  return mismatch('+', left, right)
}

const subtract = (left: Value, right: Value): Value => {
  const difference = numeric(
    left,
    right,
    (a, b) => a - b,
    (a, b) => a - b,
  )
  if (difference !== undefined) return difference
  const [a, b] = [durationOf(left), durationOf(right)]
  if (a !== undefined && b !== undefined) return duration(a - b)
  if (left instanceof Instant && b !== undefined) return shift(left, -b)
  if (left instanceof Instant && right instanceof Instant) {
    return duration(clampDuration(left.time.nanoseconds - right.time.nanoseconds))
  }
  return mismatch('-', left, right)
}

/** Go's Time.Sub stops at the ends of a Duration instead of wrapping. */
export const clampDuration = (nanoseconds: bigint): bigint =>
  nanoseconds < minimum ? minimum : nanoseconds >= -minimum ? -minimum - 1n : nanoseconds

const multiply = (left: Value, right: Value): Value => {
  const product = numeric(
    left,
    right,
    (a, b) => a * b,
    (a, b) => a * b,
  )
  if (product !== undefined) return product
  const factor = (value: Value): bigint | number | undefined => durationOf(value) ?? numberOf(value)
  const [a, b] = [factor(left), factor(right)]
  if (a === undefined || b === undefined) return mismatch('*', left, right)
  // With a float the product is a float: Go's engine converts both sides, and no Duration is left.
  return typeof a === 'bigint' && typeof b === 'bigint' ? duration(a * b) : Number(a) * Number(b)
}

const divide = (left: Value, right: Value): Value => {
  const [a, b] = [floatOf(left), floatOf(right)]
  return a === undefined || b === undefined ? mismatch('/', left, right) : a / b
}

const modulo = (left: Value, right: Value): Value => {
  const [a, b] = [numberOf(left), numberOf(right)]
  if (typeof a !== 'bigint' || typeof b !== 'bigint') return mismatch('%', left, right)
  if (b === 0n) throw runError('runtime error: integer divide by zero')
  return wrap(a % b)
}

/**
 * `base` to a power, rounded as Go rounds it: the whole part of the exponent by repeated squaring, the rest through the
 * logarithm. The last digits of a power in a condition must not depend on who computes it.
 */
const power = (base: number, exponent: number): number => {
  if (exponent === 0 || base === 1) return 1
  if (base === -1 && Math.abs(exponent) === Number.POSITIVE_INFINITY) return 1
  if (exponent === 0.5 && base > 0) return Math.sqrt(base)
  if (exponent === -0.5 && base > 0) return 1 / Math.sqrt(base)
  const size = Math.abs(exponent)
  if (!(size < 2 ** 31) || base === 0 || !Number.isFinite(base)) return base ** exponent
  const whole = Math.round(size) - (size - Math.trunc(size) === 0.5 ? 1 : 0)
  let result = size === whole ? 1 : Math.exp((size - whole) * Math.log(base))
  let square = base
  for (let rest = whole; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result *= square
    square *= square
  }
  const exact = exponent < 0 ? 1 / result : result
  // Squares overflow before the result does: there the built-in power knows better.
  return Number.isFinite(exact) && exact !== 0 && Math.abs(result) > 1e-300 ? exact : base ** exponent
}

const exponentiate = (left: Value, right: Value): Value => power(floatArgument(left), floatArgument(right))

/** A number as a float64; throws for other values. */
const floatArgument = (value: Value): number => {
  const float = floatOf(value)
  if (float === undefined) throw runError(`invalid operation: float(${typeName(value)})`)
  return float
}

/** A number as an int, floats cut off; throws for other values. */
export const intArgument = (value: Value): bigint => {
  const number = numberOf(value)
  if (number === undefined) throw runError(`invalid operation: int(${typeName(value)})`)
  return typeof number === 'bigint' ? number : truncate(number)
}

const operations: ReadonlyMap<string, (left: Value, right: Value) => Value> = new Map([
  ['+', add],
  ['-', subtract],
  ['*', multiply],
  ['/', divide],
  ['%', modulo],
  ['**', exponentiate],
  ['^', exponentiate],
  ...['<', '<=', '>', '>='].map((operator): [string, (left: Value, right: Value) => Value] => [
    operator,
    (left, right) => compare(operator, left, right),
  ]),
])

/** The arithmetic and ordering operator of that name; undefined for operators that do something else with their sides. */
export const operationOf = (operator: string): ((left: Value, right: Value) => Value) | undefined =>
  operations.get(operator)

/** Unary minus. */
export const negate = (value: Value): Value => {
  if (typeof value === 'bigint') return wrap(-value)
  if (typeof value === 'number') return -value
  if (!(value instanceof Scalar) || numberOf(value) === undefined || typeof value.value === 'string') {
    throw runError(`invalid operation: - ${typeName(value)}`)
  }
  if (typeof value.value === 'number') return new Scalar(value.type, -value.value)
  const width = Number(/\d+$/.exec(value.type.name)?.[0] ?? 64)
  const isUnsigned = value.type.name.startsWith('uint')
  return new Scalar(value.type, isUnsigned ? BigInt.asUintN(width, -value.value) : BigInt.asIntN(width, -value.value))
}
