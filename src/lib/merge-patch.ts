import type { Json, JsonObject } from './json.ts'
import { cloneJson, isJsonObject } from './json-value.ts'

/** RFC 7386: members of the patch replace those of the target, `null` removes, lists are replaced whole. */
export const applyMergePatch = (target: Json | undefined, patch: Json | undefined): Json | undefined => {
  if (!isJsonObject(patch)) return cloneJson(patch)
  const result: JsonObject = isJsonObject(target) ? { ...target } : {}
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key]
    else result[key] = applyMergePatch(result[key], value)
  }
  return result
}
