import { NumberSyntaxError, parseFloat64, parseInt64 } from '../../lib/go-number.ts'
import { truncate, wrap } from '../arithmetic.ts'
import { floatOf, numberOf } from '../compare.ts'
import { runError } from '../expr-error.ts'
import { isIntegerKind, isIntegerType } from '../go-type.ts'
import { Scalar, typeName, typeOf, type Value } from '../value.ts'
import { argument, type Builtin, type BuiltinTable } from './builtin.ts'

const parsed = <T>(name: string, text: string, parse: (text: string) => T): T => {
  try {
    return parse(text)
  } catch (error) {
    if (error instanceof NumberSyntaxError) throw runError(`invalid operation: ${name}(${text})`)
    throw error
  }
}

const int: Builtin = (args) => {
  const value = argument(args, 0)
  if (typeof value === 'string') return parsed('int', value, parseInt64)
  const number = numberOf(value)
  if (number !== undefined) return typeof number === 'bigint' ? number : truncate(number)
  if (value instanceof Scalar && typeof value.value === 'bigint') return wrap(value.value)
  if (value === null) throw runError('reflect: call of reflect.Value.Type on zero Value')
  throw runError(`invalid operation: int(${typeName(value)})`)
}

const float: Builtin = (args) => {
  const value = argument(args, 0)
  if (typeof value === 'string') return parsed('float', value, parseFloat64)
  const number = floatOf(value)
  if (number === undefined) throw runError(`invalid operation: float(${typeName(value)})`)
  return number
}

const abs: Builtin = (args) => {
  const value = argument(args, 0)
  const number = numberOf(value)
  if (number === undefined) throw runError(`invalid argument for abs (type ${typeName(value)})`)
  if (value instanceof Scalar && typeof value.value === 'bigint') {
    return value.value < 0n ? new Scalar(value.type, wrap(-value.value)) : value
  }
  if (number >= 0 || Number.isNaN(number)) return value
  const positive = typeof number === 'bigint' ? wrap(-number) : -number
  return value instanceof Scalar ? new Scalar(value.type, positive) : positive
}

const rounding =
  (name: string, round: (value: number) => number): Builtin =>
  (args) => {
    const value = argument(args, 0)
    const number = floatOf(value)
    if (number === undefined) throw runError(`invalid argument for ${name} (type ${typeName(value)})`)
    return round(number)
  }

/** Halves go away from zero, unlike JavaScript's rounding. */
const roundHalfAway = (value: number): number => {
  const whole = Math.trunc(value)
  return Math.abs(value - whole) >= 0.5 ? whole + Math.sign(value) : whole
}

const toInt = (name: string, value: Value): bigint => {
  const type = typeOf(value)
  const number = numberOf(value)
  if (type !== undefined && isIntegerKind(type.kind) && isIntegerType(type) && typeof number === 'bigint') return number
  throw runError(`cannot use ${typeName(value)} as argument (type int) to call ${name}`)
}

const bits =
  (name: string, compute: (x: bigint, y: bigint) => bigint): Builtin =>
  (args) => {
    const x = toInt(name, argument(args, 0))
    return wrap(compute(x, toInt(name, argument(args, 1))))
  }

const shift = (name: string, compute: (x: bigint, y: bigint) => bigint): readonly [string, Builtin] => [
  name,
  bits(name, (x, y) => {
    if (y < 0n) throw runError(`invalid operation: negative shift count ${y} (type int)`)
    return compute(x, y > 64n ? 64n : y)
  }),
]

/** Conversions, rounding, and bits of ints. */
export const numberBuiltins: BuiltinTable = [
  ['int', int],
  ['float', float],
  ['abs', abs],
  ['ceil', rounding('ceil', Math.ceil)],
  ['floor', rounding('floor', Math.floor)],
  ['round', rounding('round', roundHalfAway)],
  ['bitand', bits('bitand', (x, y) => x & y)],
  ['bitor', bits('bitor', (x, y) => x | y)],
  ['bitxor', bits('bitxor', (x, y) => x ^ y)],
  ['bitnand', bits('bitnand', (x, y) => x & ~y)],
  shift('bitshl', (x, y) => x << y),
  shift('bitshr', (x, y) => x >> y),
  shift('bitushr', (x, y) => BigInt.asUintN(64, x) >> y),
  ['bitnot', (args) => ~toInt('bitnot', argument(args, 0))],
]
