import type { JsonObject } from '../lib/json.ts'
import { isJsonObject } from '../lib/json-value.ts'
import { shortManagedFields } from './field-managers.ts'
import type { StoredObject } from './informer.ts'
import { apiVersionOf, type Resource } from './resource.ts'

/** What identifies one version of one object, of whatever type its caller has given it. */
export interface ObjectVersion {
  readonly metadata: {
    readonly name: string
    readonly namespace?: string | undefined
    readonly uid: string
    readonly resourceVersion: string
  }
}

/** Tells an object that an API server has stored from any other JSON, such as a Status. */
export const isStoredObject = (value: unknown): value is StoredObject => {
  if (!isJsonObject(value) || !isJsonObject(value.metadata)) return false
  const { name, namespace, uid, resourceVersion } = value.metadata
  return (
    typeof name === 'string' &&
    typeof uid === 'string' &&
    typeof resourceVersion === 'string' &&
    (namespace === undefined || typeof namespace === 'string')
  )
}

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'

const withoutLastApplied = (annotations: JsonObject): JsonObject => {
  if (annotations[lastApplied] === undefined) return annotations
  const { [lastApplied]: _, ...kept } = annotations
  return kept
}

/**
 * The object as a cache keeps it: without managed fields and the last applied manifest, which hardly anybody reads and which
 * are a third of its size, and with `apiVersion` and `kind`, which lists of built-in kinds leave out and watches do not.
 * With `keepsManagers`, who manages its fields stays readable by `field-managers.ts`.
 */
export const forCache = (object: StoredObject, resource: Resource, keepsManagers = false): StoredObject => {
  const { managedFields, ...metadata } = object.metadata
  if (isJsonObject(metadata.annotations)) metadata.annotations = withoutLastApplied(metadata.annotations)
  if (keepsManagers && managedFields !== undefined) metadata.managedFields = shortManagedFields(managedFields)
  return { ...object, apiVersion: apiVersionOf(resource), kind: resource.kind, metadata }
}

/** Makes a value and everything in it immutable, so that a test fails where production would corrupt a cache. */
export const deepFreeze = <T>(value: T): T => {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  for (const member of Object.values(value)) deepFreeze(member)
  return Object.freeze(value)
}
