import type { Json, JsonObject } from './json.ts'
import { equalJson, isJsonObject } from './json-value.ts'

const memberDiff = (before: unknown, after: unknown): Json | undefined => {
  if (after === undefined) return null
  if (isJsonObject(before) && isJsonObject(after)) return mergeDiff(before, after)
  // Everything that is not an object replaces what was there whole (RFC 7386).
  return after as Json
}

/**
 * The JSON merge patch (RFC 7386) that turns `before` into `after`; `undefined` when nothing differs. Members that are
 * absent in `after` become null. Lists are replaced whole: send a resourceVersion along when one is among them.
 */
export const mergeDiff = (before: unknown, after: unknown): JsonObject | undefined => {
  const from = isJsonObject(before) ? before : {}
  const to = isJsonObject(after) ? after : {}
  const patch: JsonObject = {}
  for (const key of new Set([...Object.keys(from), ...Object.keys(to)])) {
    if (!equalJson(from[key], to[key])) patch[key] = memberDiff(from[key], to[key])
  }
  return Object.keys(patch).length === 0 ? undefined : patch
}
