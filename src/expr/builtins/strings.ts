import { byteIndexOf, byteLength } from '../../lib/go-string.ts'
import { intArgument } from '../arithmetic.ts'
import { conversionError, runError } from '../expr-error.ts'
import { formatValue } from '../format.ts'
import { anySliceType, stringSliceType } from '../go-type.ts'
import { List, Location, typeName, type Value } from '../value.ts'
import { argument, type Builtin, type BuiltinContext, type BuiltinTable, stringArgument } from './builtin.ts'

/** Changes the case of each character on its own, as Go does: one that would become several stays (or becomes the first). */
const mapCase = (text: string, change: (character: string) => string): string =>
  Array.from(text, (character) => {
    const changed = Array.from(change(character))
    return changed.length === 1 ? changed[0] : character === 'İ' ? 'i' : character
  }).join('')

const trimSet = (text: string, set: string): string => {
  const characters = Array.from(text)
  const outside = (character: string): boolean => !set.includes(character)
  const first = characters.findIndex(outside)
  return first === -1 ? '' : characters.slice(first, characters.findLastIndex(outside) + 1).join('')
}

const trim: Builtin = (args) => {
  const text = stringArgument(args, 0)
  if (args.length === 2) return trimSet(text, stringArgument(args, 1))
  return text.replace(/^\p{White_Space}+|\p{White_Space}+$/gu, '')
}

const affix = (args: readonly Value[]): string => (args.length === 2 ? stringArgument(args, 1) : ' ')

const trimPrefix: Builtin = (args) => {
  const prefix = affix(args)
  const text = stringArgument(args, 0)
  return text.startsWith(prefix) ? text.slice(prefix.length) : text
}

const trimSuffix: Builtin = (args) => {
  const suffix = affix(args)
  const text = stringArgument(args, 0)
  return text.endsWith(suffix) ? text.slice(0, text.length - suffix.length) : text
}

/** The pieces between separators, at most `limit` of them (all if negative); the last one holds the rest. */
const pieces = (text: string, separator: string, limit: number, keep: boolean): string[] => {
  if (separator === '') {
    const characters = Array.from(text)
    if (limit < 0 || characters.length <= limit) return characters
    return [...characters.slice(0, limit - 1), characters.slice(limit - 1).join('')]
  }
  const all = text.split(separator)
  const cut =
    limit < 0 || all.length <= limit ? all : [...all.slice(0, limit - 1), all.slice(limit - 1).join(separator)]
  return keep ? cut.map((piece, index) => (index < cut.length - 1 ? piece + separator : piece)) : cut
}

const split =
  (keep: boolean): Builtin =>
  (args, { budget }) => {
    const [text, separator] = [stringArgument(args, 0), stringArgument(args, 1)]
    const limit = args.length === 3 ? Number(intArgument(argument(args, 2))) : -1
    if (limit === 0) return new List(stringSliceType, [], true)
    const found = pieces(text, separator, limit, keep)
    budget.work(found.length)
    return new List(stringSliceType, found)
  }

const replace: Builtin = (args, { budget }) => {
  const [text, old, by] = [stringArgument(args, 0), stringArgument(args, 1), stringArgument(args, 2)]
  const limit = args.length === 4 ? Number(intArgument(argument(args, 3))) : -1
  // An empty text is found before every character and at the end.
  const parts = old === '' ? ['', ...Array.from(text), ''] : text.split(old)
  const count = limit < 0 ? parts.length - 1 : Math.min(limit, parts.length - 1)
  if (text.length + count * by.length > 16_000_000) throw runError('memory budget exceeded')
  const places = parts.slice(1).map((part, index) => (index < count ? by : old) + part)
  return budget.write((parts[0] ?? '') + places.join(''))
}

const repeat: Builtin = (args, { budget }) => {
  const text = stringArgument(args, 0)
  const count = intArgument(argument(args, 1))
  if (count < 0n) throw runError(`invalid argument for repeat (expected positive integer, got ${count})`)
  if (count > 1_000_000n) throw runError('memory budget exceeded')
  budget.grow(byteLength(text) * Number(count))
  return budget.write(text.repeat(Number(count)))
}

const join: Builtin = (args, { budget }: BuiltinContext) => {
  const glue = args.length === 2 ? stringArgument(args, 1) : ''
  const list = argument(args, 0)
  if (!(list instanceof List) || ![anySliceType.name, stringSliceType.name].includes(list.type.name)) {
    throw runError(`invalid argument for join (type ${list === null ? '%!s(<nil>)' : typeName(list)})`)
  }
  const parts = list.items.map((item) => {
    if (typeof item !== 'string') throw conversionError(item === null ? 'nil' : typeName(item), 'string')
    return budget.write(item + glue).slice(0, item.length)
  })
  return parts.join(glue)
}

const onTwo =
  (compute: (text: string, other: string) => Value): Builtin =>
  (args) =>
    compute(stringArgument(args, 0), stringArgument(args, 1))

/** `%v` of what a pointer points to: of a location its insides, which say something for UTC only. */
const string: Builtin = (args, { budget }) => {
  const value = argument(args, 0)
  if (value instanceof Location && value.zone.name === 'UTC') return '{UTC [] []  0 0 <nil>}'
  return budget.write(formatValue(value))
}

/** Everything that works on strings. */
export const stringBuiltins: BuiltinTable = [
  ['string', string],
  ['trim', trim],
  ['trimPrefix', trimPrefix],
  ['trimSuffix', trimSuffix],
  ['upper', (args) => mapCase(stringArgument(args, 0), (character) => character.toUpperCase())],
  ['lower', (args) => mapCase(stringArgument(args, 0), (character) => character.toLowerCase())],
  ['split', split(false)],
  ['splitAfter', split(true)],
  ['replace', replace],
  ['repeat', repeat],
  ['join', join],
  ['indexOf', onTwo((text, part) => BigInt(byteIndexOf(text, part)))],
  ['lastIndexOf', onTwo((text, part) => BigInt(byteIndexOf(text, part, true)))],
  ['hasPrefix', onTwo((text, prefix) => text.startsWith(prefix))],
  ['hasSuffix', onTwo((text, suffix) => text.endsWith(suffix))],
]
