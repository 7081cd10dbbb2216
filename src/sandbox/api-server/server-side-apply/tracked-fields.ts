import type { JsonObject } from '../../../lib/json.ts'
import { objectOr } from '../../../lib/json-value.ts'
import type { ResourceType } from '../resources/resource-type.ts'

/** Metadata that the server itself sets, which nobody can own (`internal/stripmeta.go` of managedfields). */
const serverMetadata = new Set([
  'name',
  'namespace',
  'creationTimestamp',
  'selfLink',
  'uid',
  'generation',
  'managedFields',
  'resourceVersion',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
])

/** The part of an object whose fields have owners; a write of a subresource touches that subresource only. */
export const trackedPart = (type: ResourceType, object: JsonObject | undefined, subresource?: string): JsonObject => {
  if (object === undefined) return {}
  if (subresource === 'status') return object.status === undefined ? {} : { status: object.status }
  const { apiVersion: _version, kind: _kind, metadata, status, ...rest } = object
  const own = Object.entries(objectOr(metadata)).filter(([name]) => !serverMetadata.has(name))
  return {
    ...rest,
    ...(own.length === 0 ? {} : { metadata: Object.fromEntries(own) }),
    ...(type.status || status === undefined ? {} : { status }),
  }
}
