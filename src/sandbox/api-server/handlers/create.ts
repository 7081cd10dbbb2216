import type { Caller, Core } from '../core.ts'
import { commit } from '../core.ts'
import { validateMetadata } from '../objects/metadata-validation.ts'
import type { Draft, StoredObject } from '../objects/stored-object.ts'
import { timestamp } from '../objects/stored-object.ts'
import type { ResourceType } from '../resources/resource-type.ts'
import { noteUpdate } from '../server-side-apply/managed-fields.ts'
import { alreadyExists, forbidden, invalid, StatusError } from '../status-error.ts'
import { strategyOf } from '../strategies/strategy-of.ts'
import { readDraft, requireNamespace } from './draft.ts'

/** The alphabet of generated names: no vowels and no digits that look like them (`apimachinery/pkg/util/rand`). */
const suffixAlphabet = 'bcdfghjklmnpqrstvwxz2456789'

/** Five characters, as `metadata.generateName` and pod names have them. */
export const randomSuffix = (random: () => number): string =>
  Array.from({ length: 5 }, () => suffixAlphabet[Math.floor(random() * suffixAlphabet.length)]).join('')

/** A version 4 UUID of the injected random numbers. */
export const randomUid = (random: () => number): string => {
  const hex = Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16))
  hex[12] = '4'
  hex[16] = '89ab'[Math.floor(random() * 4)] ?? '8'
  const text = hex.join('')
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join('-')
}

/** Generated names keep within the 63 characters of a label value (`maxGeneratedNameLength` is 58 and the suffix 5). */
const nameFor = (core: Core, draft: Draft): string | undefined => {
  if (draft.metadata.name !== undefined && draft.metadata.name !== '') return draft.metadata.name
  const prefix = draft.metadata.generateName
  return typeof prefix === 'string' && prefix !== '' ? `${prefix.slice(0, 58)}${randomSuffix(core.random)}` : undefined
}

const clearServerFields = (draft: Draft): void => {
  const metadata: Partial<Draft['metadata']> = draft.metadata
  delete metadata.deletionTimestamp
  delete metadata.deletionGracePeriodSeconds
  delete metadata.selfLink
  delete metadata.generation
}

/** Gives a new object what only the server can give: name, uid, creation time, first generation. */
export const prepareForCreate = (core: Core, type: ResourceType, draft: Draft): void => {
  if (typeof draft.metadata.resourceVersion === 'string' && draft.metadata.resourceVersion !== '') {
    throw new StatusError({
      code: 500,
      reason: '',
      message: 'resourceVersion should not be set on objects to be created',
    })
  }
  clearServerFields(draft)
  const name = nameFor(core, draft)
  if (name !== undefined) draft.metadata.name = name
  draft.metadata.uid = randomUid(core.random)
  draft.metadata.creationTimestamp = timestamp(core.clock.now())
  if (type.generation) draft.metadata.generation = 1
  if (type.status) delete draft.status
  strategyOf(type).applyDefaults?.(draft)
}

const checkNew = (core: Core, type: ResourceType, draft: Draft): void => {
  const errors = [...validateMetadata(type, draft), ...(strategyOf(type).validate?.(draft) ?? [])]
  if (errors.length > 0) throw invalid(type, draft.metadata.name ?? '', errors)
  if (draft.metadata.namespace === undefined) return
  const namespaces = core.registry.require({ group: '', version: 'v1', plural: 'namespaces' })
  const namespace = core.storage.collection(namespaces).get(undefined, draft.metadata.namespace)
  if (namespace?.metadata.deletionTimestamp === undefined) return
  throw forbidden(
    type,
    draft.metadata.name,
    `unable to create new content in namespace ${draft.metadata.namespace} because it is being terminated`,
    [
      {
        reason: 'NamespaceTerminating',
        message: `namespace ${draft.metadata.namespace} is being terminated`,
        field: 'metadata.namespace',
      },
    ],
  )
}

/** Stores an object that is complete except for what the server gives. Throws 409 when the name is taken and 422 when it is invalid. */
export const createDraft = (
  core: Core,
  type: ResourceType,
  draft: Draft,
  caller: Caller,
  verb: 'create' | 'apply' = 'create',
): StoredObject => {
  if (draft.metadata.namespace !== undefined) requireNamespace(core, draft.metadata.namespace)
  prepareForCreate(core, type, draft)
  checkNew(core, type, draft)
  const collection = core.storage.collection(type)
  if (collection.get(draft.metadata.namespace, draft.metadata.name) !== undefined) {
    throw alreadyExists(type, draft.metadata.name)
  }
  if (verb === 'create') noteUpdate(core, type, undefined, draft, caller)
  return commit(core, caller, { verb, type }, { type: 'ADDED', object: draft })
}

/** POST of a collection. */
export const createObject = (
  core: Core,
  type: ResourceType,
  namespace: string | undefined,
  body: unknown,
  caller: Caller,
): StoredObject => createDraft(core, type, readDraft(type, namespace, body, caller), caller)
