import { apiVersionOf } from '../../../kube/resource.ts'
import type { JsonObject } from '../../../lib/json.ts'
import { isJsonObject } from '../../../lib/json-value.ts'
import type { Core } from '../core.ts'
import { parseFieldSelector } from '../objects/field-selector.ts'
import { parseLabelSelector } from '../objects/label-selector.ts'
import type { Collection } from '../objects/storage.ts'
import { keyOf } from '../objects/storage.ts'
import type { StoredObject } from '../objects/stored-object.ts'
import type { ResourceType } from '../resources/resource-type.ts'
import { badRequest, expired, StatusError } from '../status-error.ts'

/** Query parameters by name. */
export type Query = Readonly<Record<string, string>>

/** The condition of `labelSelector` and `fieldSelector` together. Throws 400 when one cannot be read. */
export const selectorOf = (type: ResourceType, query: Query): ((object: StoredObject) => boolean) => {
  const byLabels = parseLabelSelector(query.labelSelector)
  const byFields = parseFieldSelector(type, query.fieldSelector)
  return (object) => byLabels(object.metadata.labels ?? {}) && byFields(object)
}

interface Page {
  readonly revision: number
  /** Key of the last object of the page before. */
  readonly after: string
}

const writeToken = (page: Page): string => Buffer.from(JSON.stringify(page)).toString('base64url')

const readToken = (token: string): Page => {
  try {
    const page: unknown = JSON.parse(Buffer.from(token, 'base64url').toString())
    if (isJsonObject(page) && typeof page.revision === 'number' && typeof page.after === 'string') {
      return { revision: page.revision, after: page.after }
    }
  } catch {
    // Falls through to the answer for every token that is none of ours.
  }
  throw badRequest('invalid continue token: continue key is not valid: the token cannot be read')
}

const expiredToken = (): StatusError =>
  expired(
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.',
  )

/** 504 for a resourceVersion that the server has not reached (`storage.NewTooLargeResourceVersionError`). */
const checkNotAhead = (core: Core, query: Query): void => {
  const wanted = Number(query.resourceVersion ?? '0')
  if (!(wanted > core.storage.revision)) return
  throw new StatusError({
    code: 504,
    reason: 'Timeout',
    message: `Timeout: Too large resource version: ${wanted}, current: ${core.storage.revision}`,
    details: { retryAfterSeconds: 1 },
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
  })
}

const objectsOf = (collection: Collection, namespace: string | undefined, revision: number) => {
  if (revision < collection.compactedAt) throw expiredToken()
  return collection.listAt(revision, namespace)
}

/** An object with the version by which it was asked for; versions of a custom resource differ by name only. */
export const inVersion = (type: ResourceType, object: StoredObject): StoredObject => {
  const apiVersion = apiVersionOf(type)
  return object.apiVersion === apiVersion ? object : { ...object, apiVersion }
}

/** GET of a collection: selected, and in pages that all show the state of the first one. */
export const listObjects = (
  core: Core,
  type: ResourceType,
  namespace: string | undefined,
  query: Query,
): JsonObject => {
  checkNotAhead(core, query)
  const selects = selectorOf(type, query)
  const collection = core.storage.collection(type)
  const page = query.continue === undefined || query.continue === '' ? undefined : readToken(query.continue)
  const exact = query.resourceVersionMatch === 'Exact' ? Number(query.resourceVersion) : undefined
  const revision = page?.revision ?? exact ?? core.storage.revision
  const after = page?.after ?? ''
  const all = objectsOf(collection, namespace, revision).filter((object) => keyOf(object) > after && selects(object))
  const limit = Number(query.limit ?? '0')
  const items = limit > 0 ? all.slice(0, limit) : all
  const last = items.at(-1)
  const metadata: JsonObject = { resourceVersion: String(revision) }
  if (last !== undefined && items.length < all.length) {
    metadata.continue = writeToken({ revision, after: keyOf(last) })
    if (query.labelSelector === undefined && query.fieldSelector === undefined) {
      metadata.remainingItemCount = all.length - items.length
    }
  }
  return {
    kind: `${type.kind}List`,
    apiVersion: apiVersionOf(type),
    metadata,
    items: items.map((object) => inVersion(type, object)),
  }
}
