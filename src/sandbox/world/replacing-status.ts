import type { DeepReadonly, JsonObject } from '../../lib/json.ts'

/**
 * A merge patch that makes a status exactly the wanted one: members that are no longer in it are removed.
 * Nested objects do not occur in the statuses this serves; lists are replaced as a whole.
 */
export const replacingStatus = (before: DeepReadonly<object> | undefined, wanted: object): JsonObject => {
  const gone = Object.keys(before ?? {}).filter((key) => !(key in wanted))
  return { status: { ...Object.fromEntries(gone.map((key) => [key, null])), ...wanted } }
}
