import type { Json } from '../../../lib/json.ts'
import { equalJson, listOr, objectOr } from '../../../lib/json-value.ts'
import type { Schema } from '../schema/schema.ts'
import { itemSchema, memberSchema } from '../schema/schema.ts'
import type { FieldSet } from './field-set.ts'
import { fieldSetNode } from './field-set.ts'
import { fieldElement, itemsByElement, shapeOf } from './shape.ts'

/** What a write has done to an object: fields that it changed or added, and fields that it removed. */
export interface Comparison {
  readonly written: FieldSet | undefined
  readonly removed: FieldSet | undefined
}

const nothing: Comparison = { written: undefined, removed: undefined }

interface Member {
  readonly element: string
  readonly before: Json | undefined
  readonly after: Json | undefined
  readonly schema: Schema | undefined
  /** Items of lists belong to the change whatever they are. */
  readonly item: boolean
}

const fieldMembers = (before: Json | undefined, after: Json | undefined, schema: Schema | undefined) => {
  const old = objectOr(before)
  const next = objectOr(after)
  return [...new Set([...Object.keys(old), ...Object.keys(next)])].map(
    (name): Member => ({
      element: fieldElement(name),
      before: old[name],
      after: next[name],
      schema: memberSchema(schema, name),
      item: false,
    }),
  )
}

const itemMembers = (
  before: Json | undefined,
  after: Json | undefined,
  shape: 'keyedItems' | 'setItems',
  schema: Schema | undefined,
): readonly Member[] => {
  const old = itemsByElement(listOr(before), shape, schema)
  const next = itemsByElement(listOr(after), shape, schema)
  return [...new Set([...old.keys(), ...next.keys()])].map((element) => ({
    element,
    before: old.get(element),
    after: next.get(element),
    schema: itemSchema(schema),
    item: true,
  }))
}

/** Containers that appear or vanish belong to the change, except the structures of built-in kinds, which are always there. */
const isStructure = (schema: Schema | undefined): boolean =>
  schema?.definition !== undefined && schema.properties !== undefined

const compareMembers = (members: readonly Member[], added: boolean, removed: boolean): Comparison => {
  const writtenBelow: Record<string, FieldSet> = {}
  const removedBelow: Record<string, FieldSet> = {}
  for (const { element, before, after, schema, item } of members) {
    const below = compare(before, after, schema, item)
    if (below.written !== undefined) writtenBelow[element] = below.written
    if (below.removed !== undefined) removedBelow[element] = below.removed
  }
  return { written: fieldSetNode(added, writtenBelow), removed: fieldSetNode(removed, removedBelow) }
}

/** Compares two states of a value by the fields that managers can own. */
export const compare = (
  before: Json | undefined,
  after: Json | undefined,
  schema: Schema | undefined,
  item = false,
): Comparison => {
  if (before === after) return nothing
  const shape = shapeOf(after ?? before, schema)
  const kept = before !== undefined && after !== undefined
  if (shape === 'whole' || (kept && shapeOf(before, schema) !== shape)) {
    if (equalJson(before, after)) return nothing
    return after === undefined ? { written: undefined, removed: {} } : { written: {}, removed: undefined }
  }
  const members = shape === 'fields' ? fieldMembers(before, after, schema) : itemMembers(before, after, shape, schema)
  const counts = item || !isStructure(schema)
  return compareMembers(members, before === undefined && counts, after === undefined && counts)
}
