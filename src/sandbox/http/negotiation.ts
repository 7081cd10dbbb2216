import type { JsonObject } from '../../lib/json.ts'
import { cloneJson, objectOr } from '../../lib/json-value.ts'
import type { ResourceType } from '../api-server/resources/resource-type.ts'
import type { IncludeObject } from './table/table.ts'
import { tableOf } from './table/table.ts'

/** How a client wants objects: as they are, as a table to print, or their metadata only. */
export type Form = 'object' | 'table' | 'metadata'

/** Reads the `Accept` header: the first form that is known counts (Kubernetes API concepts, "Resource representations"). */
export const formOf = (accept: string): Form => {
  for (const part of accept.split(',')) {
    if (/;\s*as=Table\b/.test(part) && /;\s*v=v1\b/.test(part)) return 'table'
    if (/;\s*as=PartialObjectMetadata(List)?\b/.test(part)) return 'metadata'
    if (/^\s*(application\/json|\*\/\*|application\/\*)\s*($|;q)/.test(part)) return 'object'
  }
  return 'object'
}

const metadataOnly = (body: JsonObject): JsonObject => ({
  kind: 'PartialObjectMetadata',
  apiVersion: 'meta.k8s.io/v1',
  metadata: objectOr(body.metadata),
})

const metadataForm = (body: JsonObject): JsonObject =>
  Array.isArray(body.items)
    ? {
        kind: 'PartialObjectMetadataList',
        apiVersion: 'meta.k8s.io/v1',
        metadata: objectOr(body.metadata),
        items: body.items.map((item) => metadataOnly(objectOr(item))),
      }
    : metadataOnly(body)

const isStatus = (body: JsonObject): boolean => body.kind === 'Status' && body.apiVersion === 'v1'

const includeOf = (query: Readonly<Record<string, string>>): IncludeObject => {
  const { includeObject } = query
  return includeObject === 'None' || includeObject === 'Object' ? includeObject : 'Metadata'
}

/** Brings an object or a list into the form that the client asked for. `now` is the server's time. */
export const inForm = (
  form: Form,
  type: ResourceType,
  body: JsonObject,
  request: { readonly query: Readonly<Record<string, string>>; readonly now: number },
): JsonObject => {
  if (form === 'object' || isStatus(body)) return body
  if (form === 'metadata') return metadataForm(body)
  return tableOf(type, cloneJson(body), includeOf(request.query), request.now)
}
