import { runeCount } from '../../lib/go-string.ts'
import { elementAt, fetch, lengthOf, lookUp, positionOf } from '../access.ts'
import { equal } from '../compare.ts'
import { ExprError, runError } from '../expr-error.ts'
import { formatValue } from '../format.ts'
import {
  anyMapType,
  anySliceType,
  float64SliceType,
  intSliceType,
  isIntegerKind,
  methodOf,
  pairType,
  sliceOf,
  stringSliceType,
} from '../go-type.ts'
import { boundMethod } from '../methods.ts'
import { sorted } from '../sort.ts'
import { Dictionary, dereference, keyOf, List, list, Scalar, Struct, typeName, typeOf, type Value } from '../value.ts'
import { argument, type Builtin, type BuiltinTable, kindName } from './builtin.ts'

const listArgument = (args: readonly Value[], complain: (kind: string, value: Value) => string): List => {
  const value = argument(args, 0)
  if (value instanceof List) return value
  throw runError(complain(kindName(value), value))
}

const mapArgument = (args: readonly Value[], complain: (kind: string) => string): Dictionary => {
  const value = argument(args, 0)
  if (value instanceof Dictionary) return value
  throw runError(complain(kindName(value)))
}

const len: Builtin = (args) => {
  const value = argument(args, 0)
  if (typeof value === 'string') return BigInt(runeCount(value))
  if (value instanceof List) return BigInt(value.items.length)
  if (value instanceof Dictionary) return BigInt(value.entries.size)
  throw runError(`invalid argument for len (type ${typeName(value)})`)
}

const typeNames: ReadonlyMap<string, string> = new Map([
  ['bool', 'bool'],
  ['string', 'string'],
  ['slice', 'array'],
  ['array', 'array'],
  ['map', 'map'],
  ['func', 'func'],
  ['struct', 'struct'],
])

const type: Builtin = (args) => {
  const goType = typeOf(argument(args, 0))
  if (goType === undefined) return 'nil'
  if (goType.name === '*time.Location') return 'time.Location'
  if (goType.package !== '' && goType.kind !== 'ptr') return `${goType.package}.${goType.name.split('.').at(-1)}`
  if (isIntegerKind(goType.kind)) return goType.kind.startsWith('u') ? 'uint' : 'int'
  return goType.kind.startsWith('float') ? 'float' : (typeNames.get(goType.kind) ?? 'unknown')
}

const edge =
  (index: bigint): Builtin =>
  (args) => {
    try {
      return fetch(argument(args, 0), index)
    } catch (error) {
      // The first of nothing is nil, as is the first of what has none.
      if (error instanceof ExprError) return null
      throw error
    }
  }

const get: Builtin = (args) => {
  const [object, key] = [argument(args, 0), argument(args, 1)]
  const goType = typeOf(object)
  if (goType === undefined) return null
  const method = typeof key === 'string' ? methodOf(goType, key) : undefined
  if (method !== undefined && typeof key === 'string') return boundMethod(object, key, method)
  if (object instanceof List || typeof object === 'string') {
    const position = positionOf(key, lengthOf(object))
    return position < 0n ? null : (elementAt(object, Number(position)) ?? null)
  }
  if (object instanceof Dictionary) return lookUp(object, key) ?? null
  return object instanceof Struct && typeof key === 'string' ? (object.fields.get(key) ?? null) : null
}

const countOf = (value: Value): bigint => {
  if (typeof value === 'bigint') return value
  if (value instanceof Scalar && typeof value.value === 'bigint' && value.type.kind.startsWith('int'))
    return value.value
  throw runError(`cannot take ${kindName(value)} elements`)
}

const take: Builtin = (args) => {
  const from = listArgument(args, (kind) => `cannot take from ${kind}`)
  const count = countOf(argument(args, 1))
  if (count < 0n) throw runError('reflect.Value.Slice: slice index out of bounds')
  const end = count > BigInt(from.items.length) ? from.items.length : Number(count)
  return new List(from.type, from.items.slice(0, end), from.isNil)
}

const keys: Builtin = (args) => {
  const { entries } = mapArgument(args, (kind) => `cannot get keys from ${kind}`)
  return list(Array.from(entries.values(), ([key]) => key))
}

const values: Builtin = (args) => {
  const { entries } = mapArgument(args, (kind) => `cannot get values from ${kind}`)
  return list(Array.from(entries.values(), ([, value]) => value))
}

const toPairs: Builtin = (args) => {
  const { entries } = mapArgument(args, (kind) => `cannot transform ${kind} to pairs`)
  const pairs = Array.from(entries.values(), (pair) => new List(pairType, pair))
  return new List(sliceOf(pairType), pairs)
}

/** A value as Go prints one that it looks at by reflection, and takes for a string. */
const reflected = (value: Value): string => {
  if (value === null) return '<invalid reflect.Value>'
  const misfit = typeof value === 'bigint' || typeof value === 'number' || typeof value === 'boolean'
  return misfit ? `%!s(${typeName(value)}=${formatValue(value)})` : formatValue(value)
}

const fromPairs: Builtin = (args) => {
  const pairs = listArgument(args, (_, value) => `cannot transform ${reflected(value)} from pairs`)
  const entries = new Map<string, readonly [Value, Value]>()
  for (const item of pairs.items) {
    const pair = dereference(item)
    if (!(pair instanceof List)) throw runError(`invalid pair ${formatValue(pair)}`)
    if (pair.items.length !== 2) throw runError(`invalid pair length ${formatValue(pair)}`)
    const [key, value] = [pair.items[0] ?? null, pair.items[1] ?? null]
    const text = keyOf(key)
    if (text === undefined) throw runError(`runtime error: hash of unhashable type ${typeName(key)}`)
    entries.set(text, [key, value])
  }
  return new Dictionary(anyMapType, entries)
}

const reverse: Builtin = (args, { budget }) => {
  const { items } = listArgument(args, (kind) => `cannot reverse ${kind}`)
  budget.grow(items.length)
  return list(items.toReversed())
}

const uniq: Builtin = (args, { budget }) => {
  const { items } = listArgument(args, (kind) => `cannot uniq ${kind}`)
  const kept: Value[] = []
  for (const item of items) {
    budget.work(kept.length)
    if (!kept.some((other) => equal(item, other))) kept.push(item)
  }
  return list(kept)
}

const concat: Builtin = (args, { budget }) => {
  const items = args.flatMap((_, index) => listArgument(args.slice(index), (kind) => `cannot concat ${kind}`).items)
  budget.grow(items.length)
  return new List(anySliceType, items, items.length === 0)
}

const flattened = (items: readonly Value[]): Value[] =>
  items.flatMap((item) => {
    const value = dereference(item)
    return value instanceof List ? flattened(value.items) : [value]
  })

const flatten: Builtin = (args, { budget }) => {
  const items = flattened(listArgument(args, (kind) => `cannot flatten ${kind}`).items)
  budget.grow(items.length)
  return list(items)
}

const sortable = new Set([anySliceType.name, intSliceType.name, float64SliceType.name, stringSliceType.name])

const sort: Builtin = (args, { budget }) => {
  const [value, wanted] = [argument(args, 0), args[1]]
  if (wanted !== undefined && typeof wanted !== 'string') {
    throw runError(`sort order argument must be a string (got ${typeName(wanted)})`)
  }
  if (wanted !== undefined && wanted !== 'asc' && wanted !== 'desc') {
    throw runError(`invalid order ${wanted}, expected asc or desc`)
  }
  if (!(value instanceof List) || !sortable.has(value.type.name)) return new List(anySliceType, [], true)
  budget.grow(value.items.length)
  return list(sorted(value.items, (item) => item, wanted === 'desc'))
}

/** Everything that takes lists and maps apart and puts them together, without loops over a predicate. */
export const collectionBuiltins: BuiltinTable = [
  ['len', len],
  ['type', type],
  ['first', edge(0n)],
  ['last', edge(-1n)],
  ['get', get],
  ['take', take],
  ['keys', keys],
  ['values', values],
  ['toPairs', toPairs],
  ['fromPairs', fromPairs],
  ['reverse', reverse],
  ['uniq', uniq],
  ['concat', concat],
  ['flatten', flatten],
  ['sort', sort],
]
