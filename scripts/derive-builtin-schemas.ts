/**
 * Derives the compact schemas of built-in kinds that the sandbox's API server uses, from the OpenAPI documents that
 * Kubernetes publishes with its source (`api/openapi-spec/v3`). Run by hand when the Kubernetes version is raised:
 *
 *     node scripts/derive-builtin-schemas.ts "$(go mod download -json k8s.io/kubernetes@v1.34.4 | jq -r .Dir)"
 *
 * Kept: types, formats, references, required fields, list and patch semantics. Dropped: descriptions (2 MB) and the
 * empty defaults that the published documents put on nearly every required field.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Json, JsonObject } from '../src/lib/json.ts'

const roots: Readonly<Record<string, readonly string[]>> = {
  api__v1: [
    'Pod',
    'PodTemplate',
    'Service',
    'ConfigMap',
    'Secret',
    'Namespace',
    'Node',
    'ServiceAccount',
    'Event',
    'Endpoints',
  ],
  apis__apps__v1: ['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet'],
  apis__batch__v1: ['Job', 'CronJob'],
  apis__autoscaling__v1: ['Scale'],
  apis__autoscaling__v2: ['HorizontalPodAutoscaler'],
  apis__policy__v1: ['PodDisruptionBudget', 'Eviction'],
  'apis__networking.k8s.io__v1': ['Ingress', 'IngressClass', 'NetworkPolicy'],
  'apis__discovery.k8s.io__v1': ['EndpointSlice'],
  'apis__coordination.k8s.io__v1': ['Lease'],
  'apis__rbac.authorization.k8s.io__v1': ['Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding'],
  'apis__authentication.k8s.io__v1': ['TokenRequest'],
  'apis__apiextensions.k8s.io__v1': ['CustomResourceDefinition'],
}

const kept = new Set([
  'type',
  'format',
  'required',
  'enum',
  'oneOf',
  'additionalProperties',
  'x-kubernetes-list-type',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-map-type',
  'x-kubernetes-patch-strategy',
  'x-kubernetes-patch-merge-key',
  'x-kubernetes-preserve-unknown-fields',
  'x-kubernetes-int-or-string',
])

/** Kinds whose real schema is recursive; nothing here needs to look inside. */
const opaque = new Set(['JSONSchemaProps', 'FieldsV1', 'RawExtension'])

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const referenceOf = (schema: JsonObject): string | undefined => {
  const direct = schema.$ref
  if (typeof direct === 'string') return direct
  const first = Array.isArray(schema.allOf) ? schema.allOf[0] : undefined
  return isObject(first) && typeof first.$ref === 'string' ? first.$ref : undefined
}

const shortName = (reference: string): string => reference.replace('#/components/schemas/', '')

const compact = (schema: JsonObject, found: Set<string>): JsonObject => {
  const out: JsonObject = {}
  for (const [key, value] of Object.entries(schema)) {
    if (kept.has(key)) out[key] = key === 'additionalProperties' && isObject(value) ? compact(value, found) : value
  }
  if (schema.default !== undefined && schema.default !== '' && !isObject(schema.default)) out.default = schema.default
  const reference = referenceOf(schema)
  if (reference !== undefined) {
    out.$ref = shortName(reference)
    found.add(shortName(reference))
  }
  if (isObject(schema.items)) out.items = compact(schema.items, found)
  if (isObject(schema.properties)) {
    const properties: JsonObject = {}
    for (const [name, property] of Object.entries(schema.properties)) {
      if (isObject(property)) properties[name] = compact(property, found)
    }
    out.properties = properties
  }
  return out
}

const derive = (directory: string): JsonObject => {
  const definitions: { [name: string]: Json } = {}
  for (const [file, kinds] of Object.entries(roots)) {
    const document = JSON.parse(readFileSync(join(directory, `${file}_openapi.json`), 'utf8'))
    const schemas: JsonObject = document.components.schemas
    const pending = Object.keys(schemas).filter((name) => {
      const types = (schemas[name] as JsonObject)['x-kubernetes-group-version-kind']
      return Array.isArray(types) && types.length === 1 && kinds.includes(name.split('.').at(-1) ?? '')
    })
    while (pending.length > 0) {
      const name = pending.pop() ?? ''
      const schema = schemas[name]
      if (definitions[name] !== undefined || !isObject(schema)) continue
      const found = new Set<string>()
      definitions[name] = opaque.has(name.split('.').at(-1) ?? '')
        ? { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
        : compact(schema, found)
      pending.push(...found)
    }
  }
  return Object.fromEntries(Object.entries(definitions).sort(([a], [b]) => (a < b ? -1 : 1)))
}

const source = process.argv[2]
if (source === undefined) throw new Error('give the directory of the Go module k8s.io/kubernetes as the first argument')
const target = new URL('../src/sandbox/api-server/schema/builtin-schemas.json', import.meta.url)
writeFileSync(target, `${JSON.stringify(derive(join(source, 'api/openapi-spec/v3')))}\n`)
