import type { DeepReadonly } from './json.ts'
import { parseQuantity, QuantityError } from './quantity.ts'

/**
 * A field of a Go struct as `encoding/json` sees it: JSON name, type, and what leaves it out.
 * Types: `string`, `int`, `bool`, `quantity`, `intOrString`, `time`, `raw`, `#Struct`, and the prefixes `*` (pointer),
 * `[]` (slice) and `{}` (map with string keys). Omission: empty for never, else `empty` and `zero` separated by commas.
 */
export type GoField = readonly [name: string, type: string, omission: string]

/** Go structs by name, fields in declaration order. */
export type GoTypes = Readonly<Record<string, readonly GoField[]>>

/** A number whose spelling in the source text must survive, as Go's `json.RawMessage` keeps it. */
export class SourceNumber {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

const escapes: Readonly<Record<string, string>> = { '<': '\\u003c', '>': '\\u003e', '&': '\\u0026' }

/** A JSON string as Go's encoder writes it: HTML characters and U+2028/9 escaped, broken surrogates replaced. */
const goString = (value: string): string =>
  JSON.stringify(value.toWellFormed()).replace(
    /[<>&\u2028\u2029]/g,
    (character) => escapes[character] ?? `\\u${character.charCodeAt(0).toString(16)}`,
  )

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof SourceNumber)

const byBytes = (left: string, right: string): number => Buffer.compare(Buffer.from(left), Buffer.from(right))

const raw = (value: unknown): string => {
  if (value instanceof SourceNumber) return value.text
  if (typeof value === 'string') return goString(value)
  if (Array.isArray(value)) return `[${value.map(raw).join(',')}]`
  if (!isRecord(value)) return JSON.stringify(value) ?? 'null'
  return `{${Object.entries(value)
    .map(([key, member]) => `${goString(key)}:${raw(member)}`)
    .join(',')}}`
}

const quantity = (value: unknown): string => {
  const text = value instanceof SourceNumber ? value.text : String(value ?? '0')
  try {
    return goString(parseQuantity(text).canonical)
  } catch (error) {
    // The API server refuses such a template; hashing must still have an answer while the user mends it.
    if (error instanceof QuantityError) return goString(text)
    throw error
  }
}

const time = (value: unknown): string => {
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Number.isNaN(at) ? 'null' : `"${new Date(at).toISOString().slice(0, 19)}Z"`
}

const isOmitted = (type: string, omission: string, value: unknown): boolean => {
  if (omission === '') return false
  if (type === 'time') return omission.includes('zero') && (value === undefined || value === null)
  if (type === 'raw') return value === undefined
  if (type.startsWith('*')) return value === undefined || value === null
  if (type.startsWith('[]')) return !Array.isArray(value) || value.length === 0
  if (type.startsWith('{}')) return !isRecord(value) || Object.keys(value).length === 0
  if (type === 'string') return value === undefined || value === null || value === ''
  if (type === 'int') return (value instanceof SourceNumber ? Number(value.text) : (value ?? 0)) === 0
  if (type === 'bool') return value !== true
  return false
}

const scalar = (type: string, value: unknown): string => {
  switch (type) {
    case 'string':
      return goString(typeof value === 'string' ? value : '')
    case 'bool':
      return value === true ? 'true' : 'false'
    case 'int':
      return raw(value ?? 0)
    case 'intOrString':
      return raw(value ?? 0)
    case 'quantity':
      return quantity(value)
    case 'time':
      return time(value)
    default:
      return raw(value)
  }
}

/**
 * Writes a value as Go's `encoding/json` writes the named Go type after having read it: fields in declaration order,
 * unknown fields dropped, zero values as Go has them, map keys sorted by bytes, quantities in canonical spelling.
 * `type` is a type as in {@link GoField}.
 */
export const encodeAsGo = (types: GoTypes, type: string, value: DeepReadonly<unknown>): string => {
  const absent = value === undefined || value === null
  if (type.startsWith('*')) return absent ? 'null' : encodeAsGo(types, type.slice(1), value)
  if (type.startsWith('[]')) {
    if (!Array.isArray(value)) return 'null'
    return `[${value.map((item) => encodeAsGo(types, type.slice(2), item)).join(',')}]`
  }
  if (type.startsWith('{}')) {
    if (!isRecord(value)) return 'null'
    const keys = Object.keys(value).sort(byBytes)
    return `{${keys.map((key) => `${goString(key)}:${encodeAsGo(types, type.slice(2), value[key])}`).join(',')}}`
  }
  if (!type.startsWith('#')) return scalar(type, value)
  const fields = types[type.slice(1)] ?? []
  const object = isRecord(value) ? value : {}
  const members = fields
    .filter(([name, fieldType, omission]) => !isOmitted(fieldType, omission, object[name]))
    .map(([name, fieldType]) => `${goString(name)}:${encodeAsGo(types, fieldType, object[name])}`)
  return `{${members.join(',')}}`
}
