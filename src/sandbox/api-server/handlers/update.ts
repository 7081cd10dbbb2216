import { forbidden as forbiddenValue, invalid as invalidValue } from '../../../api/field-error.ts'
import { equalJson, objectOr } from '../../../lib/json-value.ts'
import type { Caller, Core, WriteVerb } from '../core.ts'
import { commit } from '../core.ts'
import { validateMetadata } from '../objects/metadata-validation.ts'
import type { Draft, StoredObject } from '../objects/stored-object.ts'
import type { ResourceType } from '../resources/resource-type.ts'
import { noteUpdate } from '../server-side-apply/managed-fields.ts'
import type { InvalidField } from '../status-error.ts'
import { badRequest, conflict, invalid, modifiedMeanwhile, notFound } from '../status-error.ts'
import { strategyOf } from '../strategies/strategy-of.ts'
import { readDraft } from './draft.ts'

/** Finds an object or throws 404. */
export const requireObject = (
  core: Core,
  type: ResourceType,
  namespace: string | undefined,
  name: string,
): StoredObject => {
  const object = core.storage.collection(type).get(namespace, name)
  if (object === undefined) throw notFound(type, name)
  return object
}

const checkUid = (type: ResourceType, before: StoredObject, draft: Draft, verb: UpdateOptions['verb']): void => {
  const { name, uid } = draft.metadata
  if (uid === undefined || uid === '' || uid === before.metadata.uid) return
  if (verb === 'patch') throw invalid(type, name, [invalidValue('metadata.uid', uid, 'field is immutable')])
  throw conflict(
    type,
    name,
    `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${before.metadata.uid}`,
  )
}

const checkPreconditions = (type: ResourceType, before: StoredObject, draft: Draft): void => {
  const { name, resourceVersion } = draft.metadata
  if (name !== before.metadata.name) {
    throw badRequest(`the name of the object (${name}) does not match the name on the URL (${before.metadata.name})`)
  }
  const given = resourceVersion !== undefined && resourceVersion !== '' && resourceVersion !== '0'
  if (given && resourceVersion !== before.metadata.resourceVersion) throw modifiedMeanwhile(type, name)
}

/** Metadata that no write changes is put back, whatever the request says. */
const keepServerFields = (draft: Draft, before: StoredObject): void => {
  const { uid, creationTimestamp, generation, deletionTimestamp, deletionGracePeriodSeconds, generateName } =
    before.metadata
  const kept = {
    uid,
    creationTimestamp,
    generation,
    deletionTimestamp,
    deletionGracePeriodSeconds,
    generateName,
    resourceVersion: before.metadata.resourceVersion,
  }
  for (const [key, value] of Object.entries(kept)) {
    if (value === undefined) delete draft.metadata[key]
    else draft.metadata[key] = value
  }
}

/** A write of `/status` changes nothing else; built-in kinds let a few metadata through, custom ones none. */
const isolateStatus = (type: ResourceType, draft: Draft, before: StoredObject): Draft => {
  const { managedFields } = draft.metadata
  const kept: Draft['metadata'] = type.custom
    ? { ...before.metadata }
    : { ...draft.metadata, labels: before.metadata.labels, ownerReferences: before.metadata.ownerReferences }
  const next: Draft = { ...before, metadata: { ...kept, managedFields } }
  if (draft.status === undefined) delete next.status
  else next.status = draft.status
  return next
}

/** True when something changed that is neither metadata nor status (nor the type). */
const specChanged = (draft: Draft, before: StoredObject): boolean => {
  const { metadata: _m, status: _s, ...spec } = draft
  const { metadata: _n, status: _t, ...specBefore } = before
  return !equalJson(spec, specBefore)
}

/** A custom resource without a status subresource counts its status as part of what is desired. */
const bumpsGeneration = (type: ResourceType, draft: Draft, before: StoredObject): boolean =>
  type.generation &&
  (specChanged(draft, before) || (type.custom && !type.status && !equalJson(draft.status, before.status)))

const immutableFields = (draft: Draft, before: StoredObject): readonly InvalidField[] => {
  const added = (draft.metadata.finalizers ?? []).filter((one) => !(before.metadata.finalizers ?? []).includes(one))
  if (before.metadata.deletionTimestamp === undefined || added.length === 0) return []
  const found = `found new finalizers ${goStrings(added)}`
  return [
    forbiddenValue('metadata.finalizers', `no new finalizers can be added if the object is being deleted, ${found}`),
  ]
}

/** A list of strings as Go's `%#v` prints it, which the server's message has. */
const goStrings = (values: readonly string[]): string =>
  `[]string{${values.map((value) => JSON.stringify(value)).join(', ')}}`

/** Built-in kinds have no rules for their status here, and nothing else can have changed with it. */
const check = (type: ResourceType, draft: Draft, before: StoredObject, statusOnly: boolean): void => {
  const validate = statusOnly && !type.custom ? undefined : strategyOf(type).validate
  const errors = [
    ...validateMetadata(type, draft),
    ...immutableFields(draft, before),
    ...(validate?.(draft, before) ?? []),
  ]
  if (errors.length > 0) throw invalid(type, draft.metadata.name, errors)
}

const withoutVersion = (object: StoredObject): StoredObject => {
  const { resourceVersion: _version, managedFields: _fields, ...metadata } = object.metadata
  return { ...object, metadata: metadata as StoredObject['metadata'] }
}

/** The last finalizer of an object that is being deleted is gone, and no grace period holds it. */
const isFinished = (draft: Draft): boolean =>
  draft.metadata.deletionTimestamp !== undefined &&
  (draft.metadata.finalizers ?? []).length === 0 &&
  (draft.metadata.deletionGracePeriodSeconds ?? 0) === 0

/** How a write reaches an object: through the object itself or through one of its subresources. */
export interface UpdateOptions {
  readonly verb: Exclude<WriteVerb, 'create' | 'delete'>
  readonly subresource?: string
}

/**
 * Puts a new state in place of a stored object. A state that is equal to the stored one is not written: the object keeps
 * its resourceVersion and nobody who watches hears of it.
 */
export const replaceObject = (
  core: Core,
  type: ResourceType,
  before: StoredObject,
  wanted: Draft,
  caller: Caller,
  options: UpdateOptions,
): StoredObject => {
  checkPreconditions(type, before, wanted)
  checkUid(type, before, wanted, options.verb)
  const draft = options.subresource === 'status' ? isolateStatus(type, wanted, before) : wanted
  keepServerFields(draft, before)
  if (options.subresource === undefined && type.status) {
    if (before.status === undefined) delete draft.status
    else draft.status = before.status
  }
  strategyOf(type).applyDefaults?.(draft)
  if (bumpsGeneration(type, draft, before)) draft.metadata.generation = (before.metadata.generation ?? 0) + 1
  check(type, draft, before, options.subresource === 'status')
  if (options.verb !== 'apply') noteUpdate(core, type, before, draft, caller, options.subresource)
  const write = {
    verb: options.verb,
    type,
    ...(options.subresource === undefined ? {} : { subresource: options.subresource }),
  }
  if (isFinished(draft)) return commit(core, caller, write, { type: 'DELETED', before, object: draft })
  const same = equalJson(withoutVersion(draft), withoutVersion(before))
  if (same && !managersChanged(draft, before)) return before
  return commit(core, caller, write, { type: 'MODIFIED', before, object: draft })
}

/** Who owns what matters even when no value changes; when it was last written does not. */
const managersChanged = (draft: Draft, before: StoredObject): boolean => {
  const untimed = (object: StoredObject): unknown =>
    Array.isArray(object.metadata.managedFields)
      ? object.metadata.managedFields.map((entry) => ({ ...objectOr(entry), time: '' }))
      : []
  return !equalJson(untimed(draft), untimed(before))
}

/** PUT of an object or of its status. */
export const updateObject = (
  core: Core,
  type: ResourceType,
  before: StoredObject,
  body: unknown,
  caller: Caller,
  subresource?: string,
): StoredObject => {
  const draft = readDraft(type, before.metadata.namespace, body, caller)
  const conditional = type.custom || type.kind === 'Lease' || type.kind === 'PodDisruptionBudget'
  if (conditional && (draft.metadata.resourceVersion ?? '') === '') {
    throw invalid({ ...type, kind: type.plural }, before.metadata.name, [
      invalidValue('metadata.resourceVersion', 0, 'must be specified for an update'),
    ])
  }
  return replaceObject(core, type, before, draft, caller, {
    verb: 'update',
    ...(subresource === undefined ? {} : { subresource }),
  })
}
