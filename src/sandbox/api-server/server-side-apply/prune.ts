import type { Json, JsonObject } from '../../../lib/json.ts'
import { isJsonObject, listOr, objectOr } from '../../../lib/json-value.ts'
import type { Schema } from '../schema/schema.ts'
import { itemSchema, memberSchema } from '../schema/schema.ts'
import type { FieldSet } from './field-set.ts'
import { fieldElement, itemElement, shapeOf } from './shape.ts'

const isEmpty = (value: Json): boolean => isJsonObject(value) && Object.keys(value).length === 0

const pruneMember = (
  value: Json,
  schema: Schema | undefined,
  last: FieldSet | undefined,
  owned: FieldSet | undefined,
): Json | undefined => {
  if (last === undefined) return value
  const shape = shapeOf(value, schema)
  if (shape === 'whole') return owned === undefined ? undefined : value
  const pruned = pruneAbandoned(value, schema, last, owned)
  const emptied = isEmpty(pruned) || (Array.isArray(pruned) && pruned.length === 0)
  return owned === undefined && emptied ? undefined : pruned
}

const pruneFields = (object: JsonObject, schema: Schema | undefined, last: FieldSet, owned: FieldSet | undefined) => {
  const result: JsonObject = {}
  for (const [name, value] of Object.entries(object)) {
    if (value === undefined) continue
    const element = fieldElement(name)
    const kept = pruneMember(value, memberSchema(schema, name), last[element], owned?.[element])
    if (kept !== undefined) result[name] = kept
  }
  return result
}

/** An item that its manager no longer names goes as a whole, unless somebody owns something in it. */
const pruneItems = (
  list: readonly Json[],
  shape: 'keyedItems' | 'setItems',
  schema: Schema | undefined,
  last: FieldSet,
  owned: FieldSet | undefined,
): Json[] =>
  list.flatMap((item) => {
    const element = itemElement(item, shape, schema)
    const lastItem = last[element]
    const ownedItem = owned?.[element]
    if (lastItem === undefined) return [item]
    if (ownedItem === undefined) return []
    return shapeOf(item, itemSchema(schema)) === 'whole'
      ? [item]
      : [pruneAbandoned(item, itemSchema(schema), lastItem, ownedItem)]
  })

/**
 * Removes what a manager owned after its last apply and nobody owns now: leaving a field out of an applied configuration
 * deletes it. `owned` has the fields of all managers, with the new ones of this manager.
 */
export const pruneAbandoned = (
  value: Json,
  schema: Schema | undefined,
  last: FieldSet,
  owned: FieldSet | undefined,
): Json => {
  const shape = shapeOf(value, schema)
  if (shape === 'whole') return value
  if (shape === 'fields') return pruneFields(objectOr(value), schema, last, owned)
  return pruneItems(listOr(value), shape, schema, last, owned)
}
