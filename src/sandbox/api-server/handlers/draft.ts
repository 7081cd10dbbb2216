import { invalid as invalidValue } from '../../../api/field-error.ts'
import { apiVersionOf } from '../../../kube/resource.ts'
import type { JsonObject } from '../../../lib/json.ts'
import { isJsonObject, objectOr, stringOr } from '../../../lib/json-value.ts'
import type { Caller, Core } from '../core.ts'
import type { Draft } from '../objects/stored-object.ts'
import type { ResourceType } from '../resources/resource-type.ts'
import { decodeObject } from '../schema/decode.ts'
import { badRequest, invalid, notFound } from '../status-error.ts'

const checkTypeMeta = (type: ResourceType, body: JsonObject): void => {
  const expected = apiVersionOf(type)
  const given = stringOr(body.apiVersion) ?? ''
  if (given !== expected && (given !== '' || type.custom)) {
    throw badRequest(`the API version in the data (${given}) does not match the expected API version (${expected})`)
  }
  if (body.kind === undefined || body.kind === type.kind) return
  const kind = stringOr(body.kind) ?? ''
  throw invalid({ ...type, kind }, stringOr(objectOr(body.metadata).name) ?? '', [
    invalidValue('kind', kind, `must be ${type.kind}`),
  ])
}

const putNamespace = (type: ResourceType, namespace: string | undefined, metadata: JsonObject): void => {
  if (!type.namespaced) {
    delete metadata.namespace
    return
  }
  const own = stringOr(metadata.namespace)
  if (own !== undefined && own !== '' && own !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
  }
  metadata.namespace = namespace
}

/**
 * Reads the body of a write: a copy with the type and namespace of the path, without fields that the schema does not
 * know. Throws 400 for what cannot be read as an object of the kind.
 */
export const readDraft = (
  type: ResourceType,
  namespace: string | undefined,
  body: unknown,
  caller: Pick<Caller, 'fieldValidation' | 'warn'>,
  source: 'body' | 'patch' = 'body',
): Draft => {
  if (!isJsonObject(body)) throw badRequest(`the body of the request is not a ${type.kind} object`)
  checkTypeMeta(type, body)
  const decoded = decodeObject(type, { ...body, apiVersion: apiVersionOf(type), kind: type.kind }, caller, source)
  const metadata = { ...objectOr(decoded.metadata) }
  putNamespace(type, namespace, metadata)
  return { ...decoded, metadata: { ...metadata } as Draft['metadata'] }
}

/** Throws 404 when the namespace of a new object does not exist. */
export const requireNamespace = (core: Core, namespace: string): void => {
  const namespaces = core.registry.require({ group: '', version: 'v1', plural: 'namespaces' })
  if (core.storage.collection(namespaces).get(undefined, namespace) === undefined) {
    throw notFound(namespaces, namespace)
  }
}
