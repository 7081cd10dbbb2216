import type { PatchType } from '../../../kube/transport.ts'
import { isJsonObject } from '../../../lib/json-value.ts'
import { applyMergePatch } from '../../../lib/merge-patch.ts'
import type { Caller, Core } from '../core.ts'
import type { StoredObject } from '../objects/stored-object.ts'
import { applyJsonPatch } from '../patch/json-patch.ts'
import { applyStrategicMergePatch } from '../patch/strategic-merge-patch.ts'
import type { ResourceType } from '../resources/resource-type.ts'
import { badRequest, unsupportedMediaType } from '../status-error.ts'
import { readDraft } from './draft.ts'
import { inVersion } from './list.ts'
import { replaceObject } from './update.ts'

/** Every way to patch but apply, which has its own handler. */
export type MergingPatchType = Exclude<PatchType, 'application/apply-patch+yaml'>

const customPatchTypes = ['application/json-patch+json', 'application/merge-patch+json', 'application/apply-patch+yaml']

const notAnObject = 'error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}'

const patched = (type: ResourceType, before: StoredObject, body: unknown, patchType: MergingPatchType): unknown => {
  if (patchType === 'application/json-patch+json') return applyJsonPatch(before, body)
  if (!isJsonObject(body)) throw badRequest(notAnObject)
  if (patchType === 'application/merge-patch+json') return applyMergePatch(before, body)
  if (type.custom) throw unsupportedMediaType(customPatchTypes)
  return applyStrategicMergePatch(before, body, type.schema)
}

/** PATCH of an object or of its status. A `metadata.resourceVersion` in the patch makes it conditional. */
export const patchObject = (
  core: Core,
  type: ResourceType,
  before: StoredObject,
  patch: { body: unknown; patchType: MergingPatchType },
  caller: Caller,
  subresource?: string,
): StoredObject => {
  const next = patched(type, inVersion(type, before), patch.body, patch.patchType)
  const draft = readDraft(type, before.metadata.namespace, next, caller, 'patch')
  return replaceObject(core, type, before, draft, caller, {
    verb: 'patch',
    ...(subresource === undefined ? {} : { subresource }),
  })
}
