import type { Json, JsonObject } from '../../../lib/json.ts'
import { cloneJson, listOr, objectOr } from '../../../lib/json-value.ts'
import type { Schema } from '../schema/schema.ts'
import { itemSchema, memberSchema } from '../schema/schema.ts'
import { itemsByElement, shapeOf } from './shape.ts'

/** Items of the configuration in its order; live items that it does not name stay behind the item that they followed. */
const mergeItems = (
  live: readonly Json[],
  config: readonly Json[],
  shape: 'keyedItems' | 'setItems',
  schema: Schema | undefined,
): Json[] => {
  const before = itemsByElement(live, shape, schema)
  const wanted = itemsByElement(config, shape, schema)
  const order = [...wanted.keys()]
  let previous: string | undefined
  for (const element of before.keys()) {
    if (!wanted.has(element)) order.splice(previous === undefined ? 0 : order.indexOf(previous) + 1, 0, element)
    previous = element
  }
  return order.map((element) => {
    const item = wanted.get(element)
    const old = before.get(element)
    if (item === undefined) return cloneJson(old ?? null)
    return mergeConfiguration(old, item, itemSchema(schema))
  })
}

/** Lays an applied configuration over the live value: what it does not name stays. */
export const mergeConfiguration = (live: Json | undefined, config: Json, schema: Schema | undefined): Json => {
  const shape = shapeOf(config, schema)
  if (live === undefined || shape === 'whole' || shapeOf(live, schema) !== shape) return cloneJson(config)
  if (shape !== 'fields') return mergeItems(listOr(live), listOr(config), shape, schema)
  const result: JsonObject = { ...objectOr(live) }
  for (const [name, value] of Object.entries(objectOr(config))) {
    if (value !== undefined) result[name] = mergeConfiguration(result[name], value, memberSchema(schema, name))
  }
  return result
}
