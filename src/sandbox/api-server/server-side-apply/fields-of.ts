import type { Json } from '../../../lib/json.ts'
import { isJsonObject, listOr, objectOr } from '../../../lib/json-value.ts'
import type { Schema } from '../schema/schema.ts'
import { itemSchema, memberSchema } from '../schema/schema.ts'
import type { FieldSet } from './field-set.ts'
import { fieldSetNode, union } from './field-set.ts'
import { fieldElement, itemsByElement, shapeOf } from './shape.ts'

const isEmptyObject = (value: Json): boolean => isJsonObject(value) && Object.keys(value).length === 0

/** The fields that a configuration speaks about, which is what its manager comes to own. */
export const fieldsOf = (value: Json, schema: Schema | undefined): FieldSet | undefined => {
  const shape = shapeOf(value, schema)
  if (shape === 'whole') return {}
  const children: Record<string, FieldSet> = {}
  if (shape === 'fields') {
    for (const [name, member] of Object.entries(objectOr(value))) {
      if (member === undefined) continue
      const declared = schema?.properties?.[name] !== undefined
      const below = fieldsOf(member, memberSchema(schema, name))
      const set = isEmptyObject(member) || !declared ? union(below, {}) : below
      if (set !== undefined) children[fieldElement(name)] = set
    }
    return fieldSetNode(false, children)
  }
  for (const [element, item] of itemsByElement(listOr(value), shape, schema)) {
    children[element] = union(fieldsOf(item, itemSchema(schema)), {}) ?? {}
  }
  return fieldSetNode(false, children)
}
