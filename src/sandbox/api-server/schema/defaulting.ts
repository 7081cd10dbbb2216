import type { Json, JsonObject } from '../../../lib/json.ts'
import { cloneJson, isJsonObject } from '../../../lib/json-value.ts'
import type { Schema } from './schema.ts'
import { itemSchema, memberSchema, resolve } from './schema.ts'

const defaultsOf = new WeakMap<Schema, readonly (readonly [name: string, byDefault: Json])[]>()

/** The members that have a default; most schemas have none, and are asked for every object. */
const defaultedMembers = (schema: Schema): readonly (readonly [name: string, byDefault: Json])[] => {
  const known = defaultsOf.get(schema)
  if (known !== undefined) return known
  const found = Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const { default: byDefault } = resolve(property)
    return byDefault === undefined ? [] : [[name, byDefault] as const]
  })
  defaultsOf.set(schema, found)
  return found
}

const defaultMembers = (object: JsonObject, schema: Schema): void => {
  for (const [name, byDefault] of defaultedMembers(schema)) {
    if (object[name] === undefined) object[name] = cloneJson(byDefault)
  }
  for (const name in object) {
    const member = memberSchema(schema, name)
    if (member !== undefined) applySchemaDefaults(object[name], member)
  }
}

/** Fills in the defaults of a CRD's schema, in place: only within what is there, or is there by default itself. */
export const applySchemaDefaults = (value: Json | undefined, schema: Schema): void => {
  if (Array.isArray(value)) {
    const items = itemSchema(schema)
    if (items !== undefined) for (const item of value) applySchemaDefaults(item, items)
  } else if (isJsonObject(value)) defaultMembers(value, schema)
}
