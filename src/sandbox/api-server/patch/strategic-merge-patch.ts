import type { Json, JsonObject } from '../../../lib/json.ts'
import { cloneJson, equalJson, isJsonObject, listOr } from '../../../lib/json-value.ts'
import { applyMergePatch } from '../../../lib/merge-patch.ts'
import type { Schema } from '../schema/schema.ts'
import { itemSchema, memberSchema } from '../schema/schema.ts'
import { badRequest } from '../status-error.ts'

const orderPrefix = '$setElementOrder/'
const deletePrefix = '$deleteFromPrimitiveList/'

const strategiesOf = (schema: Schema | undefined): readonly string[] =>
  (schema?.['x-kubernetes-patch-strategy'] ?? '').split(',')

const mergesLists = (schema: Schema | undefined): boolean => strategiesOf(schema).includes('merge')

const keyOfItem = (item: Json, key: string): Json | undefined => (isJsonObject(item) ? item[key] : undefined)

const requireKey = (item: JsonObject, key: string): Json => {
  const value = item[key]
  if (value === undefined) throw badRequest(`map: ${JSON.stringify(item)} does not contain declared merge key: ${key}`)
  return value
}

const mergeItem = (items: Json[], item: JsonObject, key: string, schema: Schema | undefined): void => {
  const value = requireKey(item, key)
  const index = items.findIndex((one) => equalJson(keyOfItem(one, key), value))
  if (item.$patch === 'delete') {
    if (index >= 0) items.splice(index, 1)
    return
  }
  const before = items[index]
  const merged = mergeObjects(isJsonObject(before) ? before : {}, item, schema)
  if (index < 0) items.push(merged)
  else items[index] = merged
}

const mergeObjectLists = (target: readonly Json[], patch: readonly Json[], key: string, schema: Schema | undefined) => {
  const replace = patch.some((item) => isJsonObject(item) && item.$patch === 'replace')
  const items: Json[] = replace ? [] : [...target]
  for (const item of patch) {
    if (isJsonObject(item) && item.$patch !== 'replace') mergeItem(items, item, key, schema)
  }
  return items
}

const mergeScalarLists = (target: readonly Json[], patch: readonly Json[]): Json[] => {
  const added = patch.filter((item) => !target.some((one) => equalJson(one, item)))
  return [...target, ...added]
}

const mergeLists = (target: readonly Json[], patch: readonly Json[], schema: Schema): Json[] => {
  const key = schema['x-kubernetes-patch-merge-key']
  return key === undefined ? mergeScalarLists(target, patch) : mergeObjectLists(target, patch, key, itemSchema(schema))
}

/**
 * Puts a list in the order that the patch asks for: items that it names in its order, others behind the item that they
 * followed before.
 */
const reorder = (items: readonly Json[], order: readonly Json[], schema: Schema | undefined): Json[] => {
  const key = schema?.['x-kubernetes-patch-merge-key']
  const identity = (item: Json): Json | undefined => (key === undefined ? item : keyOfItem(item, key))
  const rank = (item: Json): number => order.findIndex((one) => equalJson(identity(one), identity(item)))
  const named = items.filter((item) => rank(item) >= 0).sort((a, b) => rank(a) - rank(b))
  const result = [...named]
  for (const [index, item] of items.entries()) {
    if (rank(item) >= 0) continue
    const previous = items[index - 1]
    const after = previous === undefined ? -1 : result.indexOf(previous)
    result.splice(after + 1, 0, item)
  }
  return result
}

const applyDirectives = (result: JsonObject, patch: JsonObject, schema: Schema | undefined): void => {
  for (const [name, value] of Object.entries(patch)) {
    if (name.startsWith(deletePrefix)) {
      const list = name.slice(deletePrefix.length)
      const gone = listOr(value)
      result[list] = listOr(result[list]).filter((item) => !gone.some((one) => equalJson(one, item)))
    }
    if (name.startsWith(orderPrefix)) {
      const list = name.slice(orderPrefix.length)
      const items = result[list]
      if (Array.isArray(items)) result[list] = reorder(items, listOr(value), memberSchema(schema, list))
    }
  }
  if (Array.isArray(patch.$retainKeys)) {
    for (const name of Object.keys(result)) if (!patch.$retainKeys.includes(name)) delete result[name]
  }
}

const mergeMember = (before: Json | undefined, value: Json, schema: Schema | undefined): Json | undefined => {
  if (Array.isArray(value) && schema !== undefined && mergesLists(schema)) {
    return mergeLists(listOr(before), value, schema)
  }
  if (!isJsonObject(value)) return cloneJson(value)
  if (strategiesOf(schema).includes('replace')) return applyMergePatch(undefined, value)
  return mergeObjects(isJsonObject(before) ? before : {}, value, schema)
}

const mergeObjects = (target: JsonObject, patch: JsonObject, schema: Schema | undefined): JsonObject => {
  const result: JsonObject = patch.$patch === 'replace' ? {} : { ...target }
  if (patch.$patch === 'delete') return {}
  for (const [name, value] of Object.entries(patch)) {
    if (name.startsWith('$') || value === undefined) continue
    if (value === null) delete result[name]
    else result[name] = mergeMember(result[name], value, memberSchema(schema, name))
  }
  applyDirectives(result, patch, schema)
  return result
}

/**
 * Kubernetes' own merge patch for built-in kinds: lists whose schema names a merge key are merged item by item, and the
 * directives `$patch`, `$setElementOrder`, `$deleteFromPrimitiveList` and `$retainKeys` are obeyed (Kubernetes documentation,
 * "Strategic merge patch").
 */
export const applyStrategicMergePatch = (target: JsonObject, patch: JsonObject, schema: Schema): JsonObject =>
  mergeObjects(target, patch, schema)
