import { compare, floatOf } from '../compare.ts'
import { runError } from '../expr-error.ts'
import { anySliceType, float64SliceType, intSliceType, isFloatType, isIntegerType, isNumericKind } from '../go-type.ts'
import { List, Scalar, typeName, typeOf, type Value } from '../value.ts'
import type { Builtin, BuiltinTable } from './builtin.ts'

const isNumber = (value: Value): boolean => {
  const type = typeOf(value)
  return type !== undefined && (isIntegerType(type) || isFloatType(type))
}

/** Numbers by kind, so that a duration counts as one. */
const hasNumericKind = (value: Value): boolean => {
  const type = typeOf(value)
  return type !== undefined && isNumericKind(type.kind)
}

type Extremum = (name: string, isBetter: (found: Value, candidate: Value) => boolean, args: readonly Value[]) => Value

const extremum: Extremum = (name, isBetter, args) => {
  let found: Value = null
  const offer = (candidate: Value): void => {
    if (found === null || isBetter(found, candidate)) found = candidate
  }
  const refuse = (value: Value): never => {
    throw runError(`invalid argument for ${name} (type ${typeName(value)})`)
  }
  for (const arg of args) {
    if (arg instanceof List) {
      const inner = listExtremum(name, isBetter, arg, refuse)
      if (inner !== null) offer(inner)
    } else if (hasNumericKind(arg)) {
      offer(arg)
    } else {
      return args.length === 1 ? arg : refuse(arg)
    }
  }
  return found
}

const listExtremum = (
  name: string,
  isBetter: (found: Value, candidate: Value) => boolean,
  { type, items }: List,
  refuse: (value: Value) => never,
): Value => {
  let found: Value = null
  const typed = type.name === intSliceType.name || type.name === float64SliceType.name
  for (const item of items) {
    const nested = item instanceof List ? extremum(name, isBetter, [item]) : item
    if (!typed && item instanceof List && nested === null && type.name === anySliceType.name) continue
    if (!typed && !isNumber(nested)) return refuse(nested)
    if (found === null || isBetter(found, nested)) found = nested
  }
  return found
}

/** A number by kind as float64. */
const toFloat = (value: Value): number | undefined =>
  value instanceof Scalar && typeof value.value === 'bigint' ? Number(value.value) : floatOf(value)

const sumUp = (name: string, args: readonly Value[]): { count: number; total: number } => {
  let [count, total] = [0, 0]
  const add = (value: Value): void => {
    const number = toFloat(value)
    if (number === undefined) throw runError(`invalid argument for ${name} (type ${typeName(value)})`)
    total += number
    count += 1
  }
  for (const arg of args) {
    if (!(arg instanceof List)) {
      add(arg)
      continue
    }
    for (const item of arg.items) {
      if (!(item instanceof List)) {
        add(item)
        continue
      }
      const nested = sumUp(name, [item])
      total += nested.total
      count += nested.count
    }
  }
  return { count, total }
}

const mean: Builtin = (args) => {
  const { count, total } = sumUp('mean', args)
  return count === 0 ? 0 : total / count
}

const numbersIn = (args: readonly Value[]): number[] =>
  args.flatMap((arg) => {
    if (arg instanceof List) return numbersIn(arg.items)
    const number = toFloat(arg)
    if (number === undefined) throw runError(`invalid argument for median (type ${typeName(arg)})`)
    return [number]
  })

/** Ascending; NaN first, as Go sorts. */
const compareFloats = (left: number, right: number): number => {
  if (Number.isNaN(left) || Number.isNaN(right)) return Number(Number.isNaN(right)) - Number(Number.isNaN(left))
  return left - right || 0
}

const median: Builtin = (args) => {
  const numbers = numbersIn(args).sort(compareFloats)
  if (numbers.length === 0) return 0
  const middle = Math.trunc(numbers.length / 2)
  const upper = numbers[middle] ?? 0
  return numbers.length % 2 === 1 ? upper : ((numbers[middle - 1] ?? 0) + upper) / 2
}

/** Builtins that make one number of many, given as arguments or in lists. */
export const aggregateBuiltins: BuiltinTable = [
  ['max', (args) => extremum('max', (found, candidate) => compare('<', found, candidate), args)],
  ['min', (args) => extremum('min', (found, candidate) => compare('>', found, candidate), args)],
  ['mean', mean],
  ['median', median],
]
