import { invalid as invalidValue } from '../../../api/field-error.ts'
import type { Json, JsonObject } from '../../../lib/json.ts'
import { isJsonObject } from '../../../lib/json-value.ts'
import type { Caller } from '../core.ts'
import type { ResourceType } from '../resources/resource-type.ts'
import { badRequest, invalid, type StatusError } from '../status-error.ts'
import type { Schema } from './schema.ts'
import { isIntOrString, itemSchema, keepsUnknown, memberSchema } from './schema.ts'

/** Where the reading of an object has come to, and what was found on the way. */
interface Reading {
  /** Paths of fields that the schema does not know. */
  readonly unknown: string[]
  /** Built-in kinds are decoded into typed structures, so that a value of the wrong type cannot even be read. */
  readonly typed: boolean
  /** Members and indexes from the object to the value that is being read; most are never put together to a path. */
  readonly trail: (string | number)[]
}

/** Members of an embedded object that every object has, whatever its schema says. */
const embedded = new Set(['apiVersion', 'kind', 'metadata'])

const goTypes: Readonly<Record<string, string>> = { integer: 'int32', number: 'float64', boolean: 'bool' }

const jsonTypeOf = (value: Json): string => {
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'boolean') return 'bool'
  return typeof value
}

const fits = (value: Json, schema: Schema): boolean => {
  const { type } = schema
  if (type === undefined || isIntOrString(schema)) return true
  if (type === 'array') return Array.isArray(value)
  if (type === 'object') return isJsonObject(value)
  if (type === 'integer') return typeof value === 'number' && Number.isInteger(value)
  return type === (typeof value as string)
}

const pathOf = (trail: Reading['trail']): string =>
  trail.map((part, at) => (typeof part === 'number' ? `[${part}]` : at === 0 ? part : `.${part}`)).join('')

/** Go's decoder names the structure that has the field, then the path without indexes. */
const checkType = (value: Json, schema: Schema, structure: string, { trail }: Reading): void => {
  if (fits(value, schema)) return
  const { type = '', format } = schema
  const goType = type === 'integer' && format === 'int64' ? 'int64' : (goTypes[type] ?? type)
  const path = pathOf(trail.filter((part) => typeof part === 'string'))
  throw badRequest(
    `json: cannot unmarshal ${jsonTypeOf(value)} into Go struct field ${structure}.${path} of type ${goType}`,
  )
}

const decodeMembers = (object: JsonObject, schema: Schema, outer: string, reading: Reading): JsonObject => {
  const structure = schema.definition ?? outer
  const result: JsonObject = {}
  for (const name in object) {
    const value = object[name]
    if (value === undefined) continue
    const member = memberSchema(schema, name)
    reading.trail.push(name)
    if (member !== undefined) {
      if (value !== null || member.nullable === true) result[name] = decodeValue(value, member, structure, reading)
    } else if (keepsUnknown(schema)) result[name] = decodeValue(value, undefined, outer, reading)
    else if (schema['x-kubernetes-embedded-resource'] === true && embedded.has(name)) result[name] = value
    else reading.unknown.push(pathOf(reading.trail))
    reading.trail.pop()
  }
  return result
}

const decodeItem = (
  item: Json,
  index: number,
  items: Schema | undefined,
  structure: string,
  reading: Reading,
): Json => {
  reading.trail.push(index)
  const decoded = decodeValue(item, items, structure, reading)
  reading.trail.pop()
  return decoded
}

const nothingKnown: Schema = {}

/** @param structure name of the structure that has the value, for messages */
const decodeValue = (value: Json, schema: Schema | undefined, structure: string, reading: Reading): Json => {
  if (value === null) return null
  if (reading.typed && schema !== undefined) checkType(value, schema, structure, reading)
  if (Array.isArray(value)) {
    const items = itemSchema(schema)
    return value.map((item, index) => decodeItem(item, index, items, structure, reading))
  }
  return isJsonObject(value) ? decodeMembers(value, schema ?? nothingKnown, structure, reading) : value
}

/** Fields of metadata are not the schema's business but the server's; unknown ones are unknown in every kind. */
const decodeTyped = (type: ResourceType, body: JsonObject, reading: Reading): JsonObject => {
  try {
    return decodeMembers(body, type.schema, type.kind, reading)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw badRequest(`${type.kind} in version "${type.version}" cannot be handled as a ${type.kind}: ${why}`)
  }
}

/** The server words it differently when the fields came by a patch, whose result it shows. */
const strictError = (type: ResourceType, body: JsonObject, fields: string, source: 'body' | 'patch'): StatusError => {
  if (source === 'body') {
    const what = `${type.kind} in version "${type.version}" cannot be handled as a ${type.kind}`
    return badRequest(`${what}: strict decoding error: ${fields}`)
  }
  const nothing = { group: '', plural: '', kind: '' }
  return invalid(nothing, '', [invalidValue('patch', JSON.stringify(body), `strict decoding error: ${fields}`)])
}

/**
 * Reads an object of a kind from a body: a copy without the fields that the schema does not know and without nulls where
 * null has no meaning. Unknown fields are refused, warned about or passed over as the request asks (Kubernetes API concepts,
 * "Field validation"). Throws 400.
 */
export const decodeObject = (
  type: ResourceType,
  body: JsonObject,
  caller: Pick<Caller, 'fieldValidation' | 'warn'>,
  source: 'body' | 'patch' = 'body',
): JsonObject => {
  const reading: Reading = { unknown: [], typed: !type.custom, trail: [] }
  const decoded = decodeTyped(type, body, reading)
  if (reading.unknown.length === 0 || caller.fieldValidation === 'Ignore') return decoded
  const sentences = reading.unknown.map((path) => `unknown field "${path}"`)
  if (caller.fieldValidation === 'Strict') throw strictError(type, body, sentences.join(', '), source)
  for (const sentence of sentences) caller.warn(sentence)
  return decoded
}
