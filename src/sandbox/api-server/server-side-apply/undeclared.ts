import type { Json } from '../../../lib/json.ts'
import { isJsonObject, listOr, objectOr } from '../../../lib/json-value.ts'
import type { Schema } from '../schema/schema.ts'
import { itemSchema, keepsUnknown, memberSchema } from '../schema/schema.ts'
import { formatElement } from './field-set.ts'
import { itemElement, shapeOf } from './shape.ts'

const inMembers = (value: Json, schema: Schema, path: string): string | undefined => {
  for (const [name, member] of Object.entries(objectOr(value))) {
    const known = memberSchema(schema, name)
    const at = `${path}.${name}`
    if (known === undefined && !keepsUnknown(schema)) return at
    const found = known === undefined ? undefined : undeclaredField(member, known, at)
    if (found !== undefined) return found
  }
  return undefined
}

const inItems = (value: Json, schema: Schema, path: string): string | undefined => {
  const items = itemSchema(schema)
  if (items === undefined) return undefined
  const shape = shapeOf(value, schema)
  for (const [index, item] of listOr(value).entries()) {
    const element =
      shape === 'keyedItems' || shape === 'setItems' ? formatElement(itemElement(item, shape, schema)) : `[${index}]`
    const found = undeclaredField(item, items, path + element)
    if (found !== undefined) return found
  }
  return undefined
}

/** Path of the first field of a configuration that its schema does not know: nobody could own it, so an apply is refused. */
export const undeclaredField = (value: Json | undefined, schema: Schema, path = ''): string | undefined => {
  if (Array.isArray(value)) return inItems(value, schema, path)
  return isJsonObject(value) ? inMembers(value, schema, path) : undefined
}
