import type { Json, JsonObject } from '../../../lib/json.ts'
import type { ResourceType } from '../../api-server/resources/resource-type.ts'
import { schemaRef } from './schemas.ts'

const query = (name: string, type = 'string'): JsonObject => ({
  name,
  in: 'query',
  schema: { type, uniqueItems: true },
})

const writeParameters: readonly JsonObject[] = [query('dryRun'), query('fieldManager'), query('fieldValidation')]

const listParameters: readonly JsonObject[] = [
  query('continue'),
  query('fieldSelector'),
  query('labelSelector'),
  query('limit', 'integer'),
  query('resourceVersion'),
  query('timeoutSeconds', 'integer'),
  query('watch', 'boolean'),
]

const deleteParameters: readonly JsonObject[] = [
  query('dryRun'),
  query('gracePeriodSeconds', 'integer'),
  query('propagationPolicy'),
]

const content = (schema: Json): JsonObject => ({ content: { 'application/json': { schema } } })

const patchContent = (type: ResourceType): JsonObject => {
  const types = [
    'application/apply-patch+yaml',
    'application/json-patch+json',
    'application/merge-patch+json',
    ...(type.custom ? [] : ['application/strategic-merge-patch+json']),
  ]
  return { content: Object.fromEntries(types.map((one) => [one, { schema: { type: 'object' } }])) }
}

const operation = (
  type: ResourceType,
  action: string,
  parameters: readonly JsonObject[],
  schema: string,
  requestBody?: JsonObject,
): JsonObject => ({
  operationId: `${action}${type.kind}`,
  parameters: [...parameters],
  ...(requestBody === undefined ? {} : { requestBody }),
  responses: { '200': { description: 'OK', ...content(schemaRef(schema)) } },
  'x-kubernetes-action': action,
  'x-kubernetes-group-version-kind': { group: type.group, version: type.version, kind: type.kind },
})

const objectOperations = (type: ResourceType): JsonObject => {
  const body = content(schemaRef(type.schemaName))
  return {
    get: operation(type, 'get', [], type.schemaName),
    put: operation(type, 'put', writeParameters, type.schemaName, body),
    patch: operation(
      type,
      'patch',
      [...writeParameters, query('force', 'boolean')],
      type.schemaName,
      patchContent(type),
    ),
    delete: operation(type, 'delete', deleteParameters, type.schemaName),
  }
}

const collectionOperations = (type: ResourceType): JsonObject => ({
  get: operation(type, 'list', listParameters, `${type.schemaName}List`),
  post: operation(type, 'post', writeParameters, type.schemaName, content(schemaRef(type.schemaName))),
  delete: operation(type, 'deletecollection', [...deleteParameters, ...listParameters], type.schemaName),
})

/** The paths of a kind: what `kubectl` reads to learn which parameters and patches the server knows. */
export const pathsOf = (type: ResourceType): JsonObject => {
  const root = type.group === '' ? `/api/${type.version}` : `/apis/${type.group}/${type.version}`
  const collection = `${root}${type.namespaced ? '/namespaces/{namespace}' : ''}/${type.plural}`
  const object = `${collection}/{name}`
  const { get, put, patch } = objectOperations(type)
  return {
    ...(type.namespaced ? { [`${root}/${type.plural}`]: { get: collectionOperations(type).get } } : {}),
    [collection]: collectionOperations(type),
    [object]: objectOperations(type),
    ...(type.status ? { [`${object}/status`]: { get, put, patch } } : {}),
  }
}
