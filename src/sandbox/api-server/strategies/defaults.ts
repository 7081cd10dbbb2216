import type { Json, JsonObject } from '../../../lib/json.ts'
import { cloneJson, isJsonObject, objectOr } from '../../../lib/json-value.ts'

/** Sets members that are absent or null, in place. */
export const setDefaults = (object: JsonObject, defaults: JsonObject): void => {
  for (const [name, value] of Object.entries(defaults)) {
    if (object[name] === undefined || object[name] === null) object[name] = cloneJson(value)
  }
}

/**
 * The object at a member, copied into its parent so that it can be changed in place; one that is missing is made, unless
 * `onlyExisting` is set.
 */
export const openMember = (object: JsonObject, name: string): JsonObject => {
  const member: JsonObject = { ...objectOr(object[name]) }
  object[name] = member
  return member
}

/** Changes each object of a list in place, on copies. */
export const changeItems = (object: JsonObject, name: string, change: (item: JsonObject) => void): void => {
  const list: Json | undefined = object[name]
  if (!Array.isArray(list)) return
  object[name] = list.map((item) => {
    if (!isJsonObject(item)) return item
    const copy = { ...item }
    change(copy)
    return copy
  })
}
