import type { Json, JsonObject } from '../../../lib/json.ts'
import { isJsonObject, listOr, stringOr } from '../../../lib/json-value.ts'
import type { StoredObject } from '../objects/stored-object.ts'
import type { FieldSet } from './field-set.ts'

/** An entry of `metadata.managedFields`: who set which fields, and how. */
export interface Manager {
  readonly manager: string
  readonly operation: 'Apply' | 'Update'
  readonly apiVersion: string
  readonly subresource?: string
  readonly time: string
  readonly fields: FieldSet | undefined
}

/** Two entries of the same identity are one. The version counts for updates only: an applier is one in every version. */
export const sameManager = (a: Omit<Manager, 'fields' | 'time'>, b: Omit<Manager, 'fields' | 'time'>): boolean =>
  a.manager === b.manager &&
  a.operation === b.operation &&
  a.subresource === b.subresource &&
  (a.operation === 'Apply' || a.apiVersion === b.apiVersion)

const readManager = (entry: JsonObject): Manager | undefined => {
  const manager = stringOr(entry.manager)
  const { operation, subresource } = entry
  if (manager === undefined || (operation !== 'Apply' && operation !== 'Update')) return undefined
  const fields = isJsonObject(entry.fieldsV1) && Object.keys(entry.fieldsV1).length > 0 ? entry.fieldsV1 : undefined
  return {
    manager,
    operation,
    apiVersion: stringOr(entry.apiVersion) ?? '',
    ...(typeof subresource === 'string' && subresource !== '' ? { subresource } : {}),
    time: stringOr(entry.time) ?? '',
    fields: fields as FieldSet | undefined,
  }
}

/** Reads `metadata.managedFields`; entries that are none are left out. */
export const readManagers = (object: StoredObject | undefined): readonly Manager[] =>
  listOr(object?.metadata.managedFields)
    .filter(isJsonObject)
    .map(readManager)
    .filter((manager) => manager !== undefined)

/** Writes `metadata.managedFields`: appliers first, then updaters, each by time (`sortEncodedManagedFields`). */
export const writeManagers = (managers: readonly Manager[]): Json[] | undefined => {
  const rank = (one: Manager): string => `${one.operation === 'Apply' ? 0 : 1} ${one.time} ${one.manager}`
  const entries = managers
    .filter(({ fields }) => fields !== undefined)
    .sort((a, b) => (rank(a) < rank(b) ? -1 : 1))
    .map(({ manager, operation, apiVersion, subresource, time, fields }): JsonObject => {
      const entry: JsonObject = {
        apiVersion,
        fieldsType: 'FieldsV1',
        fieldsV1: fields as JsonObject,
        manager,
        operation,
      }
      if (subresource !== undefined) entry.subresource = subresource
      if (time !== '') entry.time = time
      return entry
    })
  return entries.length === 0 ? undefined : entries
}
