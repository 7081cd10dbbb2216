import { formatValue } from '../expr/format.ts'
import type { GoType } from '../expr/go-type.ts'
import {
  byteText,
  Dictionary,
  Func,
  Instant,
  List,
  Location,
  Pointer,
  Scalar,
  Struct,
  typeName,
  type Value,
} from '../expr/value.ts'
import { bytesOf, compareStrings, quoteString } from '../lib/go-string.ts'
import { type Directive, pad, plain } from './printf-directive.ts'
import { formatNumberAs } from './printf-number.ts'

/** How Go writes a verb that makes nothing of a value. */
const badVerb = (value: Value, verb: string): string =>
  value === null ? `%!${verb}(<nil>)` : `%!${verb}(${typeName(value)}=${formatAs(value, plain('v'))})`

const truncated = (text: string, { precision }: Directive): string =>
  precision === undefined ? text : Array.from(text).slice(0, precision).join('')

const hexadecimal = (text: string, { verb, space, sharp, precision }: Directive): string => {
  const bytes = Array.from(bytesOf(text).subarray(0, precision), (byte) => byte.toString(16).padStart(2, '0'))
  if (bytes.length === 0) return ''
  const prefix = sharp ? '0x' : ''
  const joined = space ? bytes.map((byte) => prefix + byte).join(' ') : prefix + bytes.join('')
  return verb === 'X' ? joined.toUpperCase() : joined
}

const asciiOnly = (quoted: string): string =>
  quoted.replace(/[^\0-\x7f]/gu, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16)
    return code.length > 4 ? `\\U${code.padStart(8, '0')}` : `\\u${code.padStart(4, '0')}`
  })

const quoted = (text: string, { sharp, plus }: Directive): string => {
  if (sharp && !/[`\ufeff\p{Cc}\p{Surrogate}]/u.test(text.replaceAll('\t', ''))) return `\`${text}\``
  return plus ? asciiOnly(quoteString(text)) : quoteString(text)
}

const formatText = (text: string, asked: Directive, value: Value): string => {
  switch (asked.verb) {
    case 'v':
      return pad(asked.sharp ? quoted(text, { ...asked, sharp: false, plus: false }) : truncated(text, asked), asked)
    case 's':
      return pad(truncated(text, asked), asked)
    case 'q':
      return pad(quoted(truncated(text, asked), asked), asked)
    case 'x':
    case 'X':
      return pad(hexadecimal(text, asked), asked)
    default:
      return badVerb(value, asked.verb)
  }
}

/** Values that say themselves how they print: Go's fmt.Stringer. */
const stringerText = (value: Value): string | undefined => {
  if (value instanceof Instant || value instanceof Location) return formatValue(value)
  const described = value instanceof Struct ? value.fields.get('String') : undefined
  if (typeof described === 'string') return described
  const type = value instanceof Scalar ? value.type : undefined
  return type?.methods?.().has('String') === true ? formatValue(value) : undefined
}

const block = (name: string, parts: readonly string[], { verb, sharp }: Directive, isMap: boolean): string => {
  if (verb === 'v' && sharp) return `${name}{${parts.join(', ')}}`
  return `${isMap ? 'map' : ''}[${parts.join(' ')}]`
}

const nilInside = (value: Value, type: GoType | undefined, asked: Directive): string => {
  if (value !== null) return formatAs(value, asked)
  return asked.verb === 'v' && asked.sharp ? `${type?.name ?? 'interface {}'}(nil)` : '<nil>'
}

const formatList = (value: List, asked: Directive): string => {
  const bytes = byteText(value)
  if (bytes !== undefined && /[sqxX]/.test(asked.verb)) return formatText(bytes, asked, value)
  if (value.isNil && asked.verb === 'v' && asked.sharp) return `${value.type.name}(nil)`
  const items = value.items.map((item) => nilInside(item, value.type.elem, asked))
  return block(value.type.name, items, asked, false)
}

const formatDictionary = (value: Dictionary, asked: Directive): string => {
  const entries = [...value.entries.values()].sort(([a], [b]) => compareStrings(formatValue(a), formatValue(b)))
  const members = entries.map(([key, item]) => `${formatAs(key, asked)}:${nilInside(item, value.type.elem, asked)}`)
  return block(value.type.name, members, asked, true)
}

const isNumeric = (value: Value): boolean =>
  typeof value === 'bigint' || typeof value === 'number' || (value instanceof Scalar && typeof value.value !== 'string')

/** A value as `fmt.Printf` writes it for one directive. Verbs reach into lists and maps. */
export const formatAs = (value: Value, asked: Directive): string => {
  const { verb } = asked
  if (verb === 'T') return pad(value === null ? '<nil>' : typeName(value), asked)
  if (value === null) return verb === 'v' ? pad('<nil>', asked) : badVerb(value, verb)
  const text = /[vsqxX]/.test(verb) && !(verb === 'v' && asked.sharp) ? stringerText(value) : undefined
  if (text !== undefined) return formatText(text, asked, value)
  if (typeof value === 'string') return formatText(value, asked, value)
  if (value instanceof Scalar && typeof value.value === 'string') return formatText(value.value, asked, value)
  if (typeof value === 'boolean') return verb === 'v' || verb === 't' ? pad(String(value), asked) : badVerb(value, verb)
  if (isNumeric(value)) return formatNumberAs(value, asked) ?? badVerb(value, verb)
  if (value instanceof List) return formatList(value, asked)
  if (value instanceof Dictionary) return formatDictionary(value, asked)
  if (verb === 'v' || value instanceof Struct || value instanceof Pointer) return pad(formatValue(value), asked)
  return value instanceof Func && verb === 'p' ? '0x0' : badVerb(value, verb)
}
