import type { Json, JsonObject } from '../../../lib/json.ts'
import { isJsonObject, listOr, objectOr } from '../../../lib/json-value.ts'
import type { ReadonlyObject } from '../../api-server/objects/stored-object.ts'
import type { ResourceType } from '../../api-server/resources/resource-type.ts'
import { builtinColumns, nameColumn } from './builtin-columns.ts'
import type { Column } from './column.ts'
import { columnDefinition } from './column.ts'
import { customColumns } from './custom-columns.ts'

/** What a row carries besides its cells (`includeObject` of the request). */
export type IncludeObject = 'None' | 'Metadata' | 'Object'

const cache = new WeakMap<ResourceType, readonly Column[]>()

const columnsOf = (type: ResourceType): readonly Column[] => {
  const known = cache.get(type)
  if (known !== undefined) return known
  const columns = type.custom ? customColumns(type, nameColumn) : builtinColumns(type)
  cache.set(type, columns)
  return columns
}

const included = (object: JsonObject, include: IncludeObject): Json => {
  if (include === 'Object') return object
  if (include === 'None') return null
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata ?? {} }
}

const rowOf = (columns: readonly Column[], object: JsonObject, include: IncludeObject, now: number): JsonObject => {
  const cells = columns.map((column) => column.cell(object as unknown as ReadonlyObject, now))
  return { cells, object: included(object, include) }
}

/**
 * An object or a list as a `meta.k8s.io/v1` Table, which is what `kubectl get` asks for. `now` is the server's time in
 * milliseconds, from which ages are counted.
 */
export const tableOf = (type: ResourceType, body: JsonObject, include: IncludeObject, now: number): JsonObject => {
  const columns = columnsOf(type)
  const isList = Array.isArray(body.items)
  const objects = isList ? listOr(body.items).filter(isJsonObject) : [body]
  const { resourceVersion } = objectOr(body.metadata)
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: isList ? objectOr(body.metadata) : { resourceVersion },
    columnDefinitions: columns.map(columnDefinition),
    rows: objects.map((object) => rowOf(columns, object, include, now)),
  }
}
