import { required } from '../../../api/field-error.ts'
import { apiVersionOf } from '../../../kube/resource.ts'
import type { KubeRequest } from '../../../kube/transport.ts'
import type { Json, JsonObject } from '../../../lib/json.ts'
import { isJsonObject, objectOr } from '../../../lib/json-value.ts'
import type { Caller, Core } from '../core.ts'
import { createDraft } from '../handlers/create.ts'
import type { Answer, Target } from '../handlers/dispatch.ts'
import { readDraft } from '../handlers/draft.ts'
import { replaceObject } from '../handlers/update.ts'
import type { Draft, StoredObject } from '../objects/stored-object.ts'
import { timestamp } from '../objects/stored-object.ts'
import { badRequest, invalid, notFound, StatusError } from '../status-error.ts'
import type { Comparison } from './compare.ts'
import { compare } from './compare.ts'
import { conflictError, findConflicts } from './conflicts.ts'
import type { FieldSet } from './field-set.ts'
import { difference, union } from './field-set.ts'
import { fieldsOf } from './fields-of.ts'
import type { Manager } from './managers.ts'
import { readManagers, sameManager, writeManagers } from './managers.ts'
import { mergeConfiguration } from './merge.ts'
import { pruneAbandoned } from './prune.ts'
import { trackedPart } from './tracked-fields.ts'
import { undeclaredField } from './undeclared.ts'

/** An apply, once its parts are read. */
interface Apply {
  readonly target: Target
  readonly config: Draft
  readonly live: StoredObject | undefined
  readonly force: boolean
  readonly caller: Caller
}

/** Without a field in the schema nobody could own what stands there. */
const requireDeclared = ({ type, namespace }: Target, name: string, body: unknown): void => {
  const field = isJsonObject(body) ? undeclaredField(body, type.schema) : undefined
  if (field === undefined) return
  const what = `${namespace ?? ''}/${name}; ${apiVersionOf(type)}, Kind=${type.kind}`
  const message = `failed to create typed patch object (${what}): ${field}: field not declared in schema`
  throw new StatusError({ code: 500, reason: '', message })
}

const readConfig = (target: Target, name: string, body: unknown, caller: Caller): Draft => {
  requireDeclared(target, name, body)
  const config = readDraft(target.type, target.namespace, body, caller)
  if (config.metadata.managedFields !== undefined) throw badRequest('metadata.managedFields must be nil')
  if (config.metadata.name !== undefined && config.metadata.name !== name) {
    throw badRequest(`the name of the object (${config.metadata.name}) does not match the name on the URL (${name})`)
  }
  config.metadata.name = name
  return config
}

const requireFieldManager = (query: Readonly<Record<string, string>>): void => {
  if ((query.fieldManager ?? '') !== '') return
  const type = { group: 'meta.k8s.io', plural: 'patchoptions', kind: 'PatchOptions' }
  throw invalid(type, '', [required('fieldManager', 'is required for apply patch')])
}

const identityOf = ({ target, caller }: Apply) => ({
  manager: caller.fieldManager,
  operation: 'Apply' as const,
  apiVersion: apiVersionOf(target.type),
  ...(target.subresource === undefined ? {} : { subresource: target.subresource }),
})

/** The managers after an apply that won: this one owns its configuration, and what it changed is nobody else's. */
const nextManagers = (
  core: Core,
  apply: Apply,
  fields: FieldSet | undefined,
  comparison: Comparison,
): readonly Manager[] => {
  const identity = identityOf(apply)
  const all = readManagers(apply.live)
  const mine = all.find((one) => sameManager(one, identity))
  const unchanged =
    mine !== undefined && difference(mine.fields, fields) === undefined && difference(fields, mine.fields) === undefined
  const time = unchanged && comparison.written === undefined ? mine.time : timestamp(core.clock.now())
  const others = all
    .filter((one) => one !== mine)
    .map((one) => ({ ...one, fields: difference(difference(one.fields, comparison.written), comparison.removed) }))
  return [...others, { ...identity, time, fields }]
}

const merged = (apply: Apply, fields: FieldSet | undefined): JsonObject => {
  const { target, live, config } = apply
  const { schema } = target.type
  const before: Json = trackedPart(target.type, live, target.subresource)
  const laid = mergeConfiguration(before, trackedPart(target.type, config, target.subresource), schema)
  const managers = readManagers(live)
  const mine = managers.find((one) => sameManager(one, identityOf(apply)))
  if (mine?.fields === undefined) return objectOr(laid)
  const owned = managers
    .filter((one) => one !== mine)
    .reduce<FieldSet | undefined>((all, one) => union(all, one.fields), fields)
  return objectOr(pruneAbandoned(laid, schema, mine.fields, owned))
}

const draftOf = ({ target, config, live }: Apply, next: JsonObject): Draft => {
  const { uid, resourceVersion } = config.metadata
  const given = { ...(uid === undefined ? {} : { uid }), ...(resourceVersion === undefined ? {} : { resourceVersion }) }
  const base = live ?? config
  const metadata = { ...pickServerMetadata(base), ...objectOr(next.metadata), ...given }
  const rest = target.subresource === 'status' ? { ...live, ...next } : next
  return { ...rest, apiVersion: apiVersionOf(target.type), kind: target.type.kind, metadata } as Draft
}

const pickServerMetadata = (object: StoredObject): JsonObject => {
  const { labels: _l, annotations: _a, finalizers: _f, ownerReferences: _o, ...kept } = object.metadata
  return kept
}

/** PATCH with `application/apply-patch+yaml`: creates the object, or merges the configuration into it. */
export const applyObject = (core: Core, target: Target, name: string, request: KubeRequest, caller: Caller): Answer => {
  const query = request.query ?? {}
  requireFieldManager(query)
  const live = core.storage.collection(target.type).get(target.namespace, name)
  if (live === undefined && target.subresource !== undefined) throw notFound(target.type, name)
  const config = readConfig(target, name, request.body, caller)
  const apply: Apply = { target, config, live, force: query.force === 'true', caller }
  const fields = fieldsOf(trackedPart(target.type, config, target.subresource), target.type.schema)
  const next = merged(apply, fields)
  const comparison = compare(trackedPart(target.type, live, target.subresource), next, target.type.schema)
  const conflicts = findConflicts(readManagers(live), identityOf(apply), comparison)
  if (conflicts.length > 0 && !apply.force) throw conflictError(conflicts)
  const draft = draftOf(apply, next)
  draft.metadata.managedFields = writeManagers(nextManagers(core, apply, fields, comparison))
  if (live === undefined) return { code: 201, body: createDraft(core, target.type, draft, caller, 'apply') }
  const options = {
    verb: 'apply' as const,
    ...(target.subresource === undefined ? {} : { subresource: target.subresource }),
  }
  return { code: 200, body: replaceObject(core, target.type, live, draft, caller, options) }
}
