import type { DeepReadonly, Json, JsonObject } from '../../../lib/json.ts'

/** Object metadata as the server keeps it. Dates are RFC 3339 strings with seconds. */
export interface StoredMeta extends JsonObject {
  name: string
  namespace?: string
  uid: string
  resourceVersion: string
  creationTimestamp: string
  generation?: number
  deletionTimestamp?: string
  deletionGracePeriodSeconds?: number
  labels?: { [key: string]: string } | undefined
  annotations?: { [key: string]: string }
  finalizers?: string[]
  ownerReferences?: OwnerReference[] | undefined
  managedFields?: Json[] | undefined
}

/** A reference to an owner in the same namespace, or to one without a namespace. */
export interface OwnerReference extends JsonObject {
  apiVersion: string
  kind: string
  name: string
  uid: string
  controller?: boolean
  blockOwnerDeletion?: boolean
}

/** An object as the storage keeps it. It is never changed in place: every write makes a new one. */
export interface StoredObject extends JsonObject {
  apiVersion?: string
  kind?: string
  metadata: StoredMeta
  status?: Json | undefined
}

/** An object on its way to the storage, which only this write has in its hands. */
export type Draft = StoredObject

/** What reads give out. */
export type ReadonlyObject = DeepReadonly<StoredObject>

/** A time as object metadata has it. */
export const timestamp = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`
