import type { Json, JsonObject } from '../../../lib/json.ts'
import { isJsonObject } from '../../../lib/json-value.ts'
import type { Schema } from '../schema/schema.ts'
import { itemSchema, resolve } from '../schema/schema.ts'

/**
 * How a value is owned: as a whole, by fields, by list items with keys, or by items of a set (Kubernetes documentation,
 * "Server-Side Apply", merge strategy). Lists are owned as a whole unless their schema says otherwise.
 */
export type Shape = 'whole' | 'fields' | 'keyedItems' | 'setItems'

/** The shape of a value under a schema; without a schema it follows from the value. */
export const shapeOf = (value: Json | undefined, schema: Schema | undefined): Shape => {
  if (Array.isArray(value)) {
    const listType = schema?.['x-kubernetes-list-type']
    if (listType === 'map') return 'keyedItems'
    return listType === 'set' ? 'setItems' : 'whole'
  }
  if (!isJsonObject(value)) return 'whole'
  return schema?.['x-kubernetes-map-type'] === 'atomic' ? 'whole' : 'fields'
}

const keysOf = (item: JsonObject, schema: Schema): JsonObject => {
  const fields = itemSchema(schema)?.properties ?? {}
  const keys: JsonObject = {}
  for (const key of [...(schema['x-kubernetes-list-map-keys'] ?? [])].sort()) {
    const property = fields[key]
    const value = item[key] ?? (property === undefined ? undefined : resolve(property).default)
    if (value !== undefined) keys[key] = value
  }
  return keys
}

/** The path element of a list item: its keys, with defaults for those that are not given, or its value. */
export const itemElement = (item: Json, shape: 'keyedItems' | 'setItems', schema: Schema | undefined): string =>
  shape === 'keyedItems' && schema !== undefined && isJsonObject(item)
    ? `k:${JSON.stringify(keysOf(item, schema))}`
    : `v:${JSON.stringify(item)}`

/** The path element of a field. */
export const fieldElement = (name: string): string => `f:${name}`

/** Items by their path elements, in their order; of items with the same keys the first counts. */
export const itemsByElement = (
  list: readonly Json[],
  shape: 'keyedItems' | 'setItems',
  schema: Schema | undefined,
): Map<string, Json> => {
  const items = new Map<string, Json>()
  for (const item of list) {
    const element = itemElement(item, shape, schema)
    if (!items.has(element)) items.set(element, item)
  }
  return items
}
