import type { JsonObject } from '../../../lib/json.ts'
import { objectOr, stringOr } from '../../../lib/json-value.ts'
import type { Caller, Core } from '../core.ts'
import { commit } from '../core.ts'
import type { StoredObject } from '../objects/stored-object.ts'
import { timestamp } from '../objects/stored-object.ts'
import type { ResourceType } from '../resources/resource-type.ts'
import { conflict } from '../status-error.ts'

/** What a deletion asks for (`metav1.DeleteOptions`). */
export interface DeleteOptions {
  readonly gracePeriodSeconds?: number
  readonly propagationPolicy?: string
  readonly uid?: string
  readonly resourceVersion?: string
}

const numberOr = (value: unknown): number | undefined => {
  const number = typeof value === 'string' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}

const defined = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T

/** Options may stand in the body or in the query; `orphanDependents` is the old name of two policies. */
export const readDeleteOptions = (body: unknown, query: Readonly<Record<string, string>>): DeleteOptions => {
  const options = objectOr(body)
  const preconditions = objectOr(options.preconditions)
  const orphan =
    options.orphanDependents ?? (query.orphanDependents === undefined ? undefined : query.orphanDependents === 'true')
  const oldPolicy = orphan === undefined ? undefined : orphan ? 'Orphan' : 'Background'
  return defined({
    gracePeriodSeconds: numberOr(options.gracePeriodSeconds ?? query.gracePeriodSeconds),
    propagationPolicy: stringOr(options.propagationPolicy) ?? query.propagationPolicy ?? oldPolicy,
    uid: stringOr(preconditions.uid),
    resourceVersion: stringOr(preconditions.resourceVersion),
  }) as DeleteOptions
}

const checkPreconditions = (type: ResourceType, object: StoredObject, options: DeleteOptions): void => {
  const { uid, resourceVersion, name } = object.metadata
  // The real server names the kind where every other message has the plural.
  const named = { ...type, plural: type.kind }
  if (options.uid !== undefined && options.uid !== uid) {
    const why = `the UID in the precondition (${options.uid}) does not match the UID in record (${uid})`
    throw conflict(named, name, `${why}. The object might have been deleted and then recreated`)
  }
  if (options.resourceVersion !== undefined && options.resourceVersion !== resourceVersion) {
    const given = `the ResourceVersion in the precondition (${options.resourceVersion})`
    const why = `${given} does not match the ResourceVersion in record (${resourceVersion})`
    throw conflict(named, name, `${why}. The object might have been modified`)
  }
}

/** Jobs keep their pods when nobody says otherwise, for compatibility with old clients (`registry/batch/job`). */
const policyOf = (type: ResourceType, object: StoredObject, options: DeleteOptions): string => {
  if (options.propagationPolicy !== undefined) return options.propagationPolicy
  const finalizers = object.metadata.finalizers ?? []
  if (finalizers.includes('orphan')) return 'Orphan'
  if (finalizers.includes('foregroundDeletion')) return 'Foreground'
  return type.group === 'batch' && type.kind === 'Job' ? 'Orphan' : 'Background'
}

const policyFinalizers: Readonly<Record<string, string>> = { Orphan: 'orphan', Foreground: 'foregroundDeletion' }

const finalizersFor = (object: StoredObject, policy: string): string[] => {
  const own = (object.metadata.finalizers ?? []).filter((name) => !Object.values(policyFinalizers).includes(name))
  const added = policyFinalizers[policy]
  return added === undefined ? own : [...own, added]
}

/** Only pods have a grace period: the kubelet ends them. Nobody has to end one that was never scheduled or has finished. */
const gracePeriodOf = (type: ResourceType, object: StoredObject, options: DeleteOptions): number => {
  if (type.kind !== 'Pod' || type.group !== '') return 0
  const spec = objectOr(object.spec)
  const { phase } = objectOr(object.status)
  if (stringOr(spec.nodeName) === undefined || phase === 'Succeeded' || phase === 'Failed') return 0
  return options.gracePeriodSeconds ?? numberOr(spec.terminationGracePeriodSeconds) ?? 30
}

const marked = (core: Core, object: StoredObject, grace: number, finalizers: string[]): StoredObject => {
  const before = object.metadata
  const metadata: StoredObject['metadata'] = {
    ...before,
    deletionTimestamp: before.deletionTimestamp ?? timestamp(core.clock.now() + grace * 1000),
    deletionGracePeriodSeconds: Math.min(before.deletionGracePeriodSeconds ?? grace, grace),
  }
  if (before.deletionTimestamp === undefined && before.generation !== undefined) {
    metadata.generation = before.generation + 1
  }
  if (finalizers.length > 0) metadata.finalizers = finalizers
  else delete metadata.finalizers
  return { ...object, metadata }
}

/** What came of a deletion: the object is gone, or it waits for finalizers or for its grace period. */
export interface Deletion {
  readonly gone: boolean
  readonly object: StoredObject
}

/** Deletes an object, or marks it as being deleted when something must happen first. */
export const deleteObject = (
  core: Core,
  type: ResourceType,
  object: StoredObject,
  options: DeleteOptions,
  caller: Caller,
): Deletion => {
  checkPreconditions(type, object, options)
  const finalizers = finalizersFor(object, policyOf(type, object, options))
  const grace = gracePeriodOf(type, object, options)
  const write = { verb: 'delete', type } as const
  if (finalizers.length === 0 && grace === 0 && !isNamespace(type)) {
    return { gone: true, object: commit(core, caller, write, { type: 'DELETED', before: object, object }) }
  }
  const next = marked(core, object, grace, finalizers)
  const pending = isNamespace(type) ? { ...next, status: { ...objectOr(next.status), phase: 'Terminating' } } : next
  if (isAlreadyMarked(object, pending)) return { gone: false, object }
  return { gone: false, object: commit(core, caller, write, { type: 'MODIFIED', before: object, object: pending }) }
}

const isNamespace = (type: ResourceType): boolean => type.kind === 'Namespace' && type.group === ''

/** A second deletion changes nothing unless it shortens the grace period or names another policy. */
const isAlreadyMarked = (before: StoredObject, after: StoredObject): boolean =>
  before.metadata.deletionTimestamp !== undefined &&
  before.metadata.deletionGracePeriodSeconds === after.metadata.deletionGracePeriodSeconds &&
  String(before.metadata.finalizers ?? []) === String(after.metadata.finalizers ?? [])

/** Kinds whose deletion is answered with the object rather than with a Status (`ReturnDeletedObject` of their registries). */
const returnsObject = new Set(['pods', 'services', 'serviceaccounts'])

/** The answer to a deletion. */
export const deletionAnswer = (type: ResourceType, { gone, object }: Deletion): JsonObject => {
  if (!gone || (type.group === '' && returnsObject.has(type.plural))) return object
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: {
      name: object.metadata.name,
      ...(type.group === '' ? {} : { group: type.group }),
      kind: type.plural,
      uid: object.metadata.uid,
    },
  }
}
