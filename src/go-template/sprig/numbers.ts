import { anyType, float64Type, intType, stringType } from '../../expr/go-type.ts'
import type { Value } from '../../expr/value.ts'
import { NumberSyntaxError, parseInt64 } from '../../lib/go-number.ts'
import { sprint } from '../printf.ts'
import { FunctionError } from '../template-error.ts'
import { type Cell, type FunctionTable, fixed, type TemplateFunction, variadic } from '../template-function.ts'
import { floatOf, int64, integerOf, intOf, stringOf } from './arguments.ts'
import {
  addDecimals,
  type Decimal,
  decimalOf,
  decimalToNumber,
  divideDecimals,
  multiplyDecimals,
  subtractDecimals,
} from './decimal.ts'

const readInteger = (text: string): bigint => {
  try {
    return parseInt64(text)
  } catch (error) {
    if (error instanceof NumberSyntaxError) return 0n
    throw error
  }
}

/** What a text spells in octal digits. */
const octal = (cell: Cell): Value => {
  const text = sprint([cell])
  if (!/^[-+]?[0-7]+$/.test(text)) return int64(0n)
  const size = BigInt(`0o${text.replace(/^[-+]/, '')}`)
  const value = text.startsWith('-') ? -size : size
  return int64(value < -(2n ** 63n) || value >= 2n ** 63n ? 0n : value)
}

const divisorOf = (cell: Cell): bigint => {
  const divisor = integerOf(cell)
  if (divisor === 0n) throw new FunctionError('runtime error: integer divide by zero')
  return divisor
}

const integers = (combine: (left: bigint, right: bigint) => bigint): TemplateFunction =>
  variadic([anyType], anyType, ([first, ...others]) => int64(others.map(integerOf).reduce(combine, integerOf(first))))

const floats = (combine: (left: number, right: number) => number): TemplateFunction =>
  variadic([anyType], anyType, ([first, ...others]) => others.map(floatOf).reduce(combine, floatOf(first)))

const decimals = (combine: (left: Decimal, right: Decimal) => Decimal): TemplateFunction =>
  variadic([anyType], anyType, ([first, ...others]) =>
    decimalToNumber(others.map((other) => decimalOf(floatOf(other))).reduce(combine, decimalOf(floatOf(first)))),
  )

const pair = (compute: (left: Cell, right: Cell) => bigint): TemplateFunction =>
  fixed([anyType, anyType], ([left, right]) => int64(compute(left, right)))

/** Rounds up from a given part of a digit on, 0.5 unless told; below zero as Go's own code has it, which goes by the negative rest. */
const round = ([cell, places, from]: readonly Cell[]): number => {
  const power = 10 ** intOf(places)
  const digit = power * floatOf(cell)
  const rest = digit - Math.trunc(digit)
  return (rest >= (typeof from === 'number' ? from : 0.5) ? Math.ceil(digit) : Math.floor(digit)) / power
}

const larger = integers((left, right) => (right > left ? right : left))

/** Sprig's functions of numbers. Those that end in f count in decimals, the others in 64-bit integers. */
export const numberFunctions: FunctionTable = [
  ['atoi', fixed([stringType], ([text]) => readInteger(stringOf(text)))],
  ['int', fixed([anyType], ([value]) => integerOf(value))],
  ['int64', fixed([anyType], ([value]) => int64(integerOf(value)))],
  ['float64', fixed([anyType], ([value]) => floatOf(value))],
  ['toDecimal', fixed([anyType], ([value]) => octal(value))],
  ['add1', fixed([anyType], ([value]) => int64(integerOf(value) + 1n))],
  ['add', variadic([], anyType, (values) => int64(values.map(integerOf).reduce((sum, value) => sum + value, 0n)))],
  ['sub', pair((left, right) => integerOf(left) - integerOf(right))],
  ['div', pair((left, right) => integerOf(left) / divisorOf(right))],
  ['mod', pair((left, right) => integerOf(left) % divisorOf(right))],
  ['mul', integers((left, right) => BigInt.asIntN(64, left * right))],
  ['max', larger],
  ['biggest', larger],
  ['min', integers((left, right) => (right < left ? right : left))],
  ['maxf', floats(Math.max)],
  ['minf', floats(Math.min)],
  ['add1f', fixed([anyType], ([value]) => decimalToNumber(addDecimals(decimalOf(floatOf(value)), decimalOf(1))))],
  [
    'addf',
    variadic([], anyType, (values) =>
      decimalToNumber(values.map((value) => decimalOf(floatOf(value))).reduce(addDecimals, decimalOf(0))),
    ),
  ],
  ['subf', decimals(subtractDecimals)],
  ['mulf', decimals(multiplyDecimals)],
  ['divf', decimals(divideDecimals)],
  ['ceil', fixed([anyType], ([value]) => Math.ceil(floatOf(value)))],
  ['floor', fixed([anyType], ([value]) => Math.floor(floatOf(value)))],
  ['round', variadic([anyType, intType], float64Type, round)],
]
