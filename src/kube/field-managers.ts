import type { DeepReadonly, JsonObject } from '../lib/json.ts'
import { isJsonObject, listOr, objectOr, stringOr } from '../lib/json-value.ts'

/** Levels of a field set that are kept: enough for a member of the spec, and for one annotation. */
const keptLevels = 3

const pruned = (fields: DeepReadonly<JsonObject>, levels: number): JsonObject =>
  Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [
      key,
      levels > 1 && isJsonObject(value) ? pruned(value, levels - 1) : {},
    ]),
  )

/**
 * `metadata.managedFields` as a cache keeps them where somebody wants to know who wrote a field: without what was written to
 * subresources, and of each field set the first levels only.
 */
export const shortManagedFields = (managedFields: unknown): JsonObject[] =>
  listOr(managedFields)
    .map(objectOr)
    .filter(({ subresource = '' }) => subresource === '')
    .map(({ manager, time, fieldsV1 }) => ({
      manager: stringOr(manager) ?? '',
      ...(typeof time === 'string' && { time }),
      fieldsV1: pruned(objectOr(fieldsV1), keptLevels),
    }))

/** Whether a field set has something at or below a path of field names (Kubernetes documentation, "Server-Side Apply"). */
const hasPath = (fields: DeepReadonly<JsonObject>, [first, ...rest]: readonly string[]): boolean => {
  if (first === undefined) return true
  const member = fields[`f:${first}`]
  if (!isJsonObject(member)) return false
  // A field that is owned as a whole lists no members.
  return Object.keys(member).length === 0 || hasPath(member, rest)
}

/** Paths of field names that a merge patch writes, as deep as {@link shortManagedFields} tells managers apart. */
export const pathsOfPatch = (patch: DeepReadonly<JsonObject>): readonly (readonly string[])[] => {
  const annotations = Object.keys(objectOr(objectOr(patch.metadata).annotations))
  return [
    ...Object.keys(objectOr(patch.spec)).map((key) => ['spec', key]),
    ...annotations.map((key) => ['metadata', 'annotations', key]),
  ]
}

/**
 * Who, besides `own`, manages fields at these paths, the last one to write first. Empty where nobody does, or the object
 * does not say.
 */
export const otherManagersOf = (
  metadata: DeepReadonly<JsonObject>,
  paths: readonly (readonly string[])[],
  own: string,
): readonly string[] => {
  const entries = listOr(metadata.managedFields)
    .map(objectOr)
    .filter(({ manager, fieldsV1 }) => manager !== own && paths.some((path) => hasPath(objectOr(fieldsV1), path)))
    .sort((a, b) => (stringOr(b.time) ?? '').localeCompare(stringOr(a.time) ?? ''))
  return [...new Set(entries.map(({ manager }) => stringOr(manager) ?? ''))]
}
