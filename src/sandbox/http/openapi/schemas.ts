import type { Json, JsonObject } from '../../../lib/json.ts'
import { isJsonObject } from '../../../lib/json-value.ts'
import type { ResourceType } from '../../api-server/resources/resource-type.ts'
import type { Schema } from '../../api-server/schema/schema.ts'
import { builtinSchemas } from '../../api-server/schema/schema.ts'

/** Where a named schema is in an OpenAPI v3 document. */
export const schemaRef = (name: string): JsonObject => ({ $ref: `#/components/schemas/${name}` })

/**
 * A schema as the published documents write it: a reference with something beside it is wrapped in `allOf`, since OpenAPI
 * ignores what stands beside `$ref`. Names that are referred to are added to `used`.
 */
const published = (value: Json | undefined, used: Set<string>): Json => {
  if (Array.isArray(value)) return value.map((item) => published(item, used))
  if (!isJsonObject(value)) return value ?? null
  const { $ref, ...rest } = value
  const own: JsonObject = {}
  for (const [key, member] of Object.entries(rest)) own[key] = published(member, used)
  if (typeof $ref !== 'string') return own
  used.add($ref)
  return Object.keys(own).length === 0 ? schemaRef($ref) : { allOf: [schemaRef($ref)], ...own }
}

const publishedSchema = (schema: Schema, used: Set<string>): JsonObject => {
  const result = published(schema as unknown as JsonObject, used)
  return isJsonObject(result) ? result : {}
}

const listSchema = (type: ResourceType): JsonObject => ({
  type: 'object',
  required: ['items'],
  properties: {
    apiVersion: { type: 'string' },
    kind: { type: 'string' },
    metadata: { type: 'object' },
    items: { type: 'array', items: schemaRef(type.schemaName) },
  },
  'x-kubernetes-group-version-kind': [{ group: type.group, kind: `${type.kind}List`, version: type.version }],
})

/** The schemas of kinds and everything that they refer to. */
export const componentSchemas = (types: readonly ResourceType[]): JsonObject => {
  const schemas: JsonObject = {}
  const used = new Set<string>()
  for (const type of types) {
    schemas[type.schemaName] = {
      ...publishedSchema(type.schema, used),
      'x-kubernetes-group-version-kind': [{ group: type.group, kind: type.kind, version: type.version }],
    }
    schemas[`${type.schemaName}List`] = listSchema(type)
  }
  // The set grows while it is walked: referenced schemas refer to further ones.
  for (const name of used) {
    const schema = builtinSchemas[name]
    if (schema !== undefined && schemas[name] === undefined) schemas[name] = publishedSchema(schema, used)
  }
  return schemas
}
