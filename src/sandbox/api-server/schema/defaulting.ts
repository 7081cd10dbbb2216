import type { Json, JsonObject } from '../../../lib/json.ts'
import { cloneJson, isJsonObject } from '../../../lib/json-value.ts'
import type { Schema } from './schema.ts'
import { itemSchema, memberSchema, resolve } from './schema.ts'

const defaultMembers = (object: JsonObject, schema: Schema): void => {
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const { default: byDefault } = resolve(property)
    if (object[name] === undefined && byDefault !== undefined) object[name] = cloneJson(byDefault)
  }
  for (const [name, value] of Object.entries(object)) {
    const member = memberSchema(schema, name)
    if (member !== undefined) applySchemaDefaults(value, member)
  }
}

/** Fills in the defaults of a CRD's schema, in place: only within what is there, or is there by default itself. */
export const applySchemaDefaults = (value: Json | undefined, schema: Schema): void => {
  if (Array.isArray(value)) {
    const items = itemSchema(schema)
    if (items !== undefined) for (const item of value) applySchemaDefaults(item, items)
  } else if (isJsonObject(value)) defaultMembers(value, schema)
}
