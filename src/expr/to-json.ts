import { formatJsonFloat } from '../lib/go-number.ts'
import { compareStrings } from '../lib/go-string.ts'
import { formatTime } from '../lib/go-time-layout.ts'
import { runError } from './expr-error.ts'
import { byteText, Dictionary, Func, Instant, List, Location, Pointer, Scalar, Struct, type Value } from './value.ts'

const escapes: Readonly<Record<string, string>> = { '<': '\\u003c', '>': '\\u003e', '&': '\\u0026' }

/** A string as Go's encoder writes it: HTML characters and U+2028/9 escaped, broken text replaced. */
const quote = (text: string): string =>
  JSON.stringify(text)
    // Bytes that are no UTF-8 come as escaped surrogates; an escaped backslash before them is none of it.
    .replace(/\\\\|\\ud[89a-f][0-9a-f]{2}/g, (match) => (match.length > 2 ? '\\ufffd' : match))
    .replace(/[<>&\u2028\u2029]/g, (character) => escapes[character] ?? `\\u${character.charCodeAt(0).toString(16)}`)

const number = (value: number): string => {
  if (Number.isFinite(value)) return formatJsonFloat(value)
  throw runError(`json: unsupported value: ${Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'}`)
}

const block = (open: string, close: string, parts: readonly string[], indent: string): string =>
  parts.length === 0 ? open + close : `${open}\n${indent}  ${parts.join(`,\n${indent}  `)}\n${indent}${close}`

const members = (entries: readonly (readonly [string, Value])[], indent: string): string =>
  block(
    '{',
    '}',
    entries.map(([name, value]) => `${quote(name)}: ${toJson(value, `${indent}  `)}`),
    indent,
  )

const dictionary = (value: Dictionary, indent: string): string => {
  if (value.type.key?.kind !== 'string') throw runError(`json: unsupported type: ${value.type.name}`)
  const entries = Array.from(value.entries.values(), ([key, member]) => [String(key), member] as const)
  return members(
    entries.sort(([left], [right]) => compareStrings(left, right)),
    indent,
  )
}

/** A value as Go's `json.MarshalIndent` with two spaces writes it. Throws for NaN, infinities, functions, and maps without string keys. */
export const toJson = (value: Value, indent = ''): string => {
  if (value === null) return 'null'
  if (typeof value === 'string') return quote(value)
  if (typeof value === 'number') return number(value)
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value)
  if (value instanceof Scalar) return typeof value.value === 'bigint' ? String(value.value) : toJson(value.value)
  if (value instanceof List) {
    const bytes = byteText(value)
    if (value.isNil) return 'null'
    if (bytes !== undefined)
      return quote(
        Buffer.from(value.items.map((item) => (item instanceof Scalar ? Number(item.value) : 0))).toString('base64'),
      )
    return block(
      '[',
      ']',
      value.items.map((item) => toJson(item, `${indent}  `)),
      indent,
    )
  }
  if (value instanceof Dictionary) return dictionary(value, indent)
  if (value instanceof Struct) return members([...value.fields], indent)
  if (value instanceof Instant) return `"${formatTime(value.time, '2006-01-02T15:04:05.999999999Z07:00')}"`
  if (value instanceof Location) return '{}'
  if (value instanceof Func) throw runError(`json: unsupported type: ${value.type.name}`)
  return value instanceof Pointer && value.target !== undefined ? toJson(value.target, indent) : 'null'
}
