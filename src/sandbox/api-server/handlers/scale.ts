import { invalid as invalidValue } from '../../../api/field-error.ts'
import type { Json, JsonObject } from '../../../lib/json.ts'
import { isJsonObject, objectOr } from '../../../lib/json-value.ts'
import { applyMergePatch } from '../../../lib/merge-patch.ts'
import type { Caller, Core } from '../core.ts'
import type { LabelSelector } from '../objects/label-selector.ts'
import { formatLabelSelector } from '../objects/label-selector.ts'
import type { Draft, StoredObject } from '../objects/stored-object.ts'
import { applyJsonPatch } from '../patch/json-patch.ts'
import type { ResourceType, ScalePaths } from '../resources/resource-type.ts'
import { badRequest, invalid } from '../status-error.ts'
import { replaceObject } from './update.ts'

const readPath = (object: JsonObject, path: readonly string[]): Json | undefined => {
  let value: Json | undefined = object
  for (const member of path) value = objectOr(value)[member]
  return value
}

const writePath = (object: JsonObject, path: readonly string[], value: Json): JsonObject => {
  const [member, ...rest] = path
  if (member === undefined) return object
  return { ...object, [member]: rest.length === 0 ? value : writePath(objectOr(object[member]), rest, value) }
}

const selectorText = (selector: Json | undefined): string | undefined => {
  if (typeof selector === 'string') return selector === '' ? undefined : selector
  return isJsonObject(selector) ? formatLabelSelector(selector as LabelSelector) : undefined
}

/** The Scale of an object (`autoscaling/v1`), as HPAs and `kubectl scale` see it. */
export const readScale = (paths: ScalePaths, object: StoredObject): JsonObject => {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata
  const replicas = readPath(object, paths.specReplicas)
  const current = readPath(object, paths.statusReplicas)
  const selector = paths.selector === undefined ? undefined : selectorText(readPath(object, paths.selector))
  const scale: JsonObject = {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, ...(namespace === undefined ? {} : { namespace }), uid, resourceVersion, creationTimestamp },
    spec: typeof replicas === 'number' && replicas !== 0 ? { replicas } : {},
    status: { replicas: typeof current === 'number' ? current : 0, ...(selector === undefined ? {} : { selector }) },
  }
  return scale
}

const wantedReplicas = (type: ResourceType, name: string, scale: JsonObject): number => {
  const replicas = objectOr(scale.spec).replicas ?? 0
  // The schema of a custom resource is checked with the object itself.
  if (typeof replicas === 'number' && Number.isInteger(replicas) && (replicas >= 0 || type.custom)) return replicas
  throw invalid({ ...type, group: 'autoscaling', kind: 'Scale' }, name, [
    invalidValue('spec.replicas', replicas, 'must be greater than or equal to 0'),
  ])
}

const nextScale = (current: JsonObject, body: unknown, contentType: string): JsonObject => {
  const next =
    contentType === 'application/json-patch+json'
      ? applyJsonPatch(current, body)
      : contentType === 'application/json'
        ? body
        : applyMergePatch(current, isJsonObject(body) ? body : {})
  if (!isJsonObject(next)) throw badRequest('the body of the request is not a Scale object')
  return next
}

/** PUT or PATCH of the scale: sets the replicas of the object, and nothing else. */
export const writeScale = (
  core: Core,
  type: ResourceType,
  paths: ScalePaths,
  before: StoredObject,
  request: { body: unknown; contentType: string },
  caller: Caller,
): JsonObject => {
  const scale = nextScale(readScale(paths, before), request.body, request.contentType)
  const replicas = wantedReplicas(type, before.metadata.name, scale)
  const written = writePath(before, paths.specReplicas, replicas)
  const version = objectOr(scale.metadata).resourceVersion
  const metadata: JsonObject = { ...before.metadata, resourceVersion: typeof version === 'string' ? version : '' }
  const draft = { ...written, metadata } as Draft
  const object = replaceObject(core, type, before, draft, caller, {
    verb: request.contentType === 'application/json' ? 'update' : 'patch',
    subresource: 'scale',
  })
  return readScale(paths, object)
}
