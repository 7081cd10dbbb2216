import { anyType, stringMapType, stringSliceType, stringType } from '../../expr/go-type.ts'
import { Dictionary, dereference, List, list, type Value } from '../../expr/value.ts'
import { FunctionError } from '../template-error.ts'
import { type Cell, type FunctionTable, fixed, type TemplateFunction, variadic } from '../template-function.ts'
import { entriesOf, mapOf, memberOf, membersOf, stringOf, textOf } from './arguments.ts'
import { isEmpty } from './defaults.ts'

const dict = (args: readonly Cell[]): Cell => {
  const members: [string, Value][] = []
  for (let at = 0; at < args.length; at += 2) {
    members.push([textOf(args[at]), at + 1 < args.length ? (args[at + 1] ?? null) : ''])
  }
  return mapOf(members)
}

const get = ([map, key]: readonly Cell[]): Cell => {
  const found = memberOf(map, stringOf(key))
  return found === undefined ? '' : found
}

const set = ([map, key, value]: readonly Cell[]): Cell => {
  entriesOf(map).set(`string:${stringOf(key)}`, [stringOf(key), value ?? null])
  return map
}

const unset = ([map, key]: readonly Cell[]): Cell => {
  entriesOf(map).delete(`string:${stringOf(key)}`)
  return map
}

const pluck = ([key, ...maps]: readonly Cell[]): Cell =>
  list(maps.map((map) => memberOf(map, stringOf(key))).filter((value) => value !== undefined))

/** Members for which the question about their key is answered so. */
const chosen = ([map, ...keys]: readonly Cell[], isWanted: boolean): Cell => {
  const wanted = new Set(keys.map(stringOf))
  return mapOf(membersOf(map).filter(([key]) => wanted.has(key) === isWanted))
}

/**
 * Adds what the first map does not have, deeply, into the first map itself. With `overwrites` the other map wins; an empty value never
 * does, but is what everything else replaces.
 */
const mergeInto = (target: Cell, source: Cell, overwrites: boolean): void => {
  const entries = entriesOf(target)
  for (const [key, value] of membersOf(source)) {
    if (value === null && !overwrites) continue
    const known = memberOf(target, key)
    if (known instanceof Dictionary && value instanceof Dictionary) {
      mergeInto(known, value, overwrites)
      if (!isEmpty(known)) continue
    }
    if (known === undefined || isEmpty(known) || overwrites) entries.set(`string:${key}`, [key, value])
  }
}

const merge = (overwrites: boolean): TemplateFunction =>
  variadic([stringMapType], stringMapType, ([target, ...sources]) => {
    for (const source of sources) mergeInto(target, source, overwrites)
    return target
  })

/** Reads through maps: the keys, what to give where one of them is missing, and the map. */
const dig = (args: readonly Cell[]): Cell => {
  if (args.length < 3) throw new FunctionError('dig needs at least three arguments')
  const keys = args.slice(0, -2)
  let current = args.at(-1) ?? null
  for (const key of keys) {
    if (!(current instanceof Dictionary)) {
      throw new FunctionError(`interface conversion: interface {} is ${kindName(current)}, not map[string]interface {}`)
    }
    const next = memberOf(current, stringOf(key))
    if (next === undefined) return args.at(-2)
    current = next
  }
  return current
}

const kindName = (value: Value): string => {
  if (value === null) return 'nil'
  if (value instanceof List) return value.type.name
  return typeof value === 'bigint' ? 'int' : typeof value === 'number' ? 'float64' : typeof value
}

const copy = (value: Value): Value => {
  const target = dereference(value)
  if (target instanceof List) return new List(target.type, target.items.map(copy), target.isNil)
  if (!(target instanceof Dictionary)) return value
  const entries = Array.from(target.entries, ([text, [key, member]]) => [text, [key, copy(member)]] as const)
  return new Dictionary(target.type, new Map(entries))
}

const deepCopy = fixed([anyType], ([value]) => copy(value ?? null))

const keysOf = (maps: readonly Cell[]): Cell =>
  new List(
    stringSliceType,
    maps.flatMap((map) => membersOf(map).map(([key]) => key)),
  )

/** Sprig's functions of maps. `set`, `unset` and `merge` change the map itself, as in Go. */
export const dictFunctions: FunctionTable = [
  ['dict', variadic([], anyType, dict)],
  ['get', fixed([stringMapType, stringType], get)],
  ['set', fixed([stringMapType, stringType, anyType], set)],
  ['unset', fixed([stringMapType, stringType], unset)],
  ['hasKey', fixed([stringMapType, stringType], ([map, key]) => memberOf(map, stringOf(key)) !== undefined)],
  ['pluck', variadic([stringType], stringMapType, pluck)],
  ['keys', variadic([], stringMapType, keysOf)],
  ['values', fixed([stringMapType], ([map]) => list(membersOf(map).map(([, value]) => value)))],
  ['pick', variadic([stringMapType], stringType, (args) => chosen(args, true))],
  ['omit', variadic([stringMapType], stringType, (args) => chosen(args, false))],
  ['merge', merge(false)],
  ['mustMerge', merge(false)],
  ['mergeOverwrite', merge(true)],
  ['mustMergeOverwrite', merge(true)],
  ['dig', variadic([], anyType, dig)],
  ['deepCopy', deepCopy],
  ['mustDeepCopy', deepCopy],
]
