import { invalid as invalidValue } from '../../../api/field-error.ts'
import type { Json, JsonObject } from '../../../lib/json.ts'
import { isJsonObject } from '../../../lib/json-value.ts'
import type { Caller } from '../core.ts'
import type { ResourceType } from '../resources/resource-type.ts'
import { badRequest, invalid, type StatusError } from '../status-error.ts'
import type { Schema } from './schema.ts'
import { isIntOrString, itemSchema, keepsUnknown, memberSchema } from './schema.ts'

/** What was found while reading an object. */
interface Findings {
  /** Paths of fields that the schema does not know. */
  readonly unknown: string[]
  /** Built-in kinds are decoded into typed structures, so that a value of the wrong type cannot even be read. */
  readonly typed: boolean
  /** Name of the structure that is being read, for messages. */
  readonly structure: string
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

/** Go's decoder names the structure that has the field, then the path without indexes. */
const checkType = (value: Json, schema: Schema, structure: string, path: string): void => {
  if (fits(value, schema)) return
  const { type = '', format } = schema
  const goType = type === 'integer' && format === 'int64' ? 'int64' : (goTypes[type] ?? type)
  throw badRequest(
    `json: cannot unmarshal ${jsonTypeOf(value)} into Go struct field ${structure}.${path.replaceAll(/\[\d+\]/g, '')} of type ${goType}`,
  )
}

const decodeMembers = (object: JsonObject, schema: Schema, path: string, findings: Findings): JsonObject => {
  const structure = schema.definition ?? findings.structure
  const result: JsonObject = {}
  for (const [name, value] of Object.entries(object)) {
    if (value === undefined) continue
    const member = memberSchema(schema, name)
    const at = path === '' ? name : `${path}.${name}`
    if (member !== undefined) {
      if (value !== null || member.nullable === true)
        result[name] = decodeValue(value, member, at, { ...findings, structure })
    } else if (keepsUnknown(schema)) result[name] = decodeValue(value, undefined, at, findings)
    else if (schema['x-kubernetes-embedded-resource'] === true && embedded.has(name)) result[name] = value
    else findings.unknown.push(at)
  }
  return result
}

const decodeValue = (value: Json, schema: Schema | undefined, path: string, findings: Findings): Json => {
  if (value === null) return null
  if (findings.typed && schema !== undefined) checkType(value, schema, findings.structure, path)
  if (Array.isArray(value)) {
    const items = itemSchema(schema)
    return value.map((item, index) => decodeValue(item, items, `${path}[${index}]`, findings))
  }
  return isJsonObject(value) ? decodeMembers(value, schema ?? {}, path, findings) : value
}

/** Fields of metadata are not the schema's business but the server's; unknown ones are unknown in every kind. */
const decodeTyped = (type: ResourceType, body: JsonObject, findings: Findings): JsonObject => {
  try {
    return decodeMembers(body, type.schema, '', findings)
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
  const findings: Findings = { unknown: [], typed: !type.custom, structure: type.kind }
  const decoded = decodeTyped(type, body, findings)
  if (findings.unknown.length === 0 || caller.fieldValidation === 'Ignore') return decoded
  const sentences = findings.unknown.map((path) => `unknown field "${path}"`)
  if (caller.fieldValidation === 'Strict') throw strictError(type, body, sentences.join(', '), source)
  for (const sentence of sentences) caller.warn(sentence)
  return decoded
}
