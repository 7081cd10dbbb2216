import { anyType, boolType, intType, mapOf, stringSliceType, stringType } from '../../expr/go-type.ts'
import { List, stringMap } from '../../expr/value.ts'
import { byteIndexOf, byteLength, concatenate, quoteString, sliceBytes } from '../../lib/go-string.ts'
import { requireLength } from '../budget.ts'
import { sprintf } from '../printf.ts'
import { FunctionError } from '../template-error.ts'
import { type Cell, type FunctionTable, fixed, type TemplateFunction, variadic } from '../template-function.ts'
import { intOf, stringOf, textOf } from './arguments.ts'

const onText = (change: (text: string) => string): TemplateFunction =>
  fixed([stringType], ([text]) => change(stringOf(text)))

/** A function of two strings; the second one is what the pipeline brings. */
const onTexts = (compute: (first: string, text: string) => Cell): TemplateFunction =>
  fixed([stringType, stringType], ([first, text]) => compute(stringOf(first), stringOf(text)))

const onCountedText = (compute: (count: number, text: string) => string): TemplateFunction =>
  fixed([intType, stringType], ([count, text]) => compute(intOf(count), stringOf(text)))

/** The bytes of a text; Go refuses ends that are none. */
const cut = (text: string, from: number, to: number): string => {
  const length = byteLength(text)
  if (to < 0 || to > length)
    throw new FunctionError(`runtime error: slice bounds out of range [:${to}] with length ${length}`)
  if (from > to) throw new FunctionError(`runtime error: slice bounds out of range [${from}:${to}]`)
  return sliceBytes(text, from, to)
}

const truncate = (count: number, text: string): string => {
  const length = byteLength(text)
  if (count < 0 && length + count > 0) return sliceBytes(text, length + count, length)
  return count >= 0 && length > count ? sliceBytes(text, 0, count) : text
}

const substring = (start: number, end: number, text: string): string => {
  const length = byteLength(text)
  if (start < 0) return cut(text, 0, end)
  if (end >= 0 && end <= length) return cut(text, start, end)
  if (start > length) throw new FunctionError(`runtime error: slice bounds out of range [${start}:${length}]`)
  return sliceBytes(text, start, length)
}

const repeat = (count: number, text: string): string => {
  if (count < 0) throw new FunctionError('strings: negative Repeat count')
  requireLength(count * text.length)
  return text.repeat(count)
}

const indent = (spaces: number, text: string): string => {
  if (spaces < 0) throw new FunctionError('strings: negative Repeat count')
  requireLength(spaces * text.split('\n').length)
  const padding = ' '.repeat(spaces)
  return padding + text.replaceAll('\n', `\n${padding}`)
}

/** Removes the characters of a set at both ends. */
const trimSet = (set: string, text: string): string => {
  const characters = Array.from(text)
  const unwanted = new Set(Array.from(set))
  const first = characters.findIndex((character) => !unwanted.has(character))
  const last = characters.findLastIndex((character) => !unwanted.has(character))
  return first === -1 ? '' : characters.slice(first, last + 1).join('')
}

const replaceAll = (before: string, after: string, text: string): string => {
  if (before !== '') requireLength((text.split(before).length - 1) * after.length + text.length)
  // Nothing stands between all characters, also before the first and after the last.
  return before === ''
    ? [after, ...Array.from(text, (character) => character + after)].join('')
    : text.replaceAll(before, () => after)
}

const splitText = (separator: string, text: string, limit: number): string[] => {
  const parts = separator === '' ? Array.from(text) : text.split(separator)
  if (limit < 0 || parts.length <= limit) return parts
  return limit === 0 ? [] : [...parts.slice(0, limit - 1), parts.slice(limit - 1).join(separator)]
}

/** Parts under the names `_0`, `_1` and so on, which templates can write as fields. */
const numbered = (parts: readonly string[]): Cell =>
  stringMap(
    parts.map((part, index) => [`_${index}`, part]),
    mapOf(stringType, stringType),
  )

const abbreviate = (text: string, offset: number, width: number): string => {
  const length = byteLength(text)
  if (length <= width) return text
  const start = Math.min(offset, length, Math.max(length - (width - 3), 0))
  const left = length - Math.min(offset, length) < width - 3 ? length - (width - 3) : Math.min(offset, length)
  if (left <= 4) return `${sliceBytes(text, 0, width - 3)}...`
  if (width < 7) return ''
  if (left + width - 3 < length) return `...${abbreviate(sliceBytes(text, left, length), 0, width - 3)}`
  return `...${sliceBytes(text, Math.max(start, length - (width - 3)), length)}`
}

const abbreviateBoth = (left: number, right: number, text: string): string =>
  right < 4 || (left > 0 && right < 7) || text === '' ? text : abbreviate(text, left, right)

const present = (args: readonly Cell[]): readonly Cell[] => args.filter((arg) => arg !== undefined && arg !== null)

const quoteAll = (args: readonly Cell[]): string =>
  present(args)
    .map((arg) => quoteString(textOf(arg)))
    .join(' ')

const textsOf = (cell: Cell): string[] => {
  if (cell instanceof List) return present(cell.items).map(textOf)
  return cell === undefined || cell === null ? [] : [textOf(cell)]
}

const strings = (texts: readonly string[]): List => new List(stringSliceType, texts)

/** Sprig's functions of texts. */
export const stringFunctions: FunctionTable = [
  ['hello', fixed([], () => 'Hello!')],
  ['abbrev', onCountedText((width, text) => (width < 4 || text === '' ? text : abbreviate(text, 0, width)))],
  [
    'abbrevboth',
    fixed([intType, intType, stringType], ([left, right, text]) =>
      abbreviateBoth(intOf(left), intOf(right), stringOf(text)),
    ),
  ],
  ['trunc', onCountedText(truncate)],
  ['trim', onText((text) => text.replace(/^[\s\u0085]+|[\s\u0085]+$/g, ''))],
  ['upper', onText((text) => Array.from(text, (character) => singleCase(character.toUpperCase(), character)).join(''))],
  ['lower', onText((text) => Array.from(text, (character) => singleCase(character.toLowerCase(), character)).join(''))],
  [
    'substr',
    fixed([intType, intType, stringType], ([from, to, text]) => substring(intOf(from), intOf(to), stringOf(text))),
  ],
  ['repeat', onCountedText(repeat)],
  ['trimall', onTexts(trimSet)],
  ['trimAll', onTexts(trimSet)],
  [
    'trimSuffix',
    onTexts((suffix, text) => (text.endsWith(suffix) ? text.slice(0, text.length - suffix.length) : text)),
  ],
  ['trimPrefix', onTexts((prefix, text) => (text.startsWith(prefix) ? text.slice(prefix.length) : text))],
  ['nospace', onText((text) => text.replace(/[\t\n\v\f\r \u0085\u00a0]/g, ''))],
  ['contains', onTexts((part, text) => byteIndexOf(text, part) >= 0)],
  ['hasPrefix', onTexts((part, text) => text.startsWith(part))],
  ['hasSuffix', onTexts((part, text) => text.endsWith(part))],
  ['quote', variadic([], anyType, quoteAll)],
  [
    'squote',
    variadic([], anyType, (args) =>
      present(args)
        .map((arg) => `'${sprintf('%v', [arg])}'`)
        .join(' '),
    ),
  ],
  [
    'cat',
    variadic([], anyType, (args) =>
      present(args)
        .map((arg) => sprintf('%v', [arg]))
        .join(' '),
    ),
  ],
  ['indent', onCountedText(indent)],
  ['nindent', onCountedText((spaces, text) => `\n${indent(spaces, text)}`)],
  [
    'replace',
    fixed([stringType, stringType, stringType], ([before, after, text]) =>
      replaceAll(stringOf(before), stringOf(after), stringOf(text)),
    ),
  ],
  ['plural', fixed([stringType, stringType, intType], ([one, many, count]) => (count === 1n ? one : many))],
  ['toString', fixed([anyType], ([value]) => textOf(value))],
  ['split', onTexts((separator, text) => numbered(splitText(separator, text, -1)))],
  ['splitList', onTexts((separator, text) => strings(splitText(separator, text, -1)))],
  [
    'splitn',
    fixed([stringType, intType, stringType], ([separator, limit, text]) =>
      numbered(splitText(stringOf(separator), stringOf(text), intOf(limit))),
    ),
  ],
  ['toStrings', fixed([anyType], ([value]) => strings(textsOf(value)))],
  [
    'join',
    fixed([stringType, anyType], ([separator, value]) => textsOf(value).reduce(joinWith(stringOf(separator)), '')),
  ],
  ['sortAlpha', fixed([anyType], ([value]) => strings(sortedTexts(value)))],
  ['ternary', fixed([anyType, anyType, boolType], ([yes, no, condition]) => (condition === true ? yes : no))],
  ['fail', fixed([stringType], ([message]) => fail(stringOf(message)))],
]

/** Go changes the case of single characters: `ß` has no capital letter of its own. */
const singleCase = (changed: string, character: string): string =>
  Array.from(changed).length === 1 ? changed : character

const joinWith =
  (separator: string) =>
  (text: string, part: string, index: number): string =>
    index === 0 ? part : concatenate(text + separator, part)

const sortedTexts = (cell: Cell): string[] => {
  if (!(cell instanceof List)) return [textOf(cell)]
  return textsOf(cell).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
}

const fail = (message: string): never => {
  throw new FunctionError(message)
}
