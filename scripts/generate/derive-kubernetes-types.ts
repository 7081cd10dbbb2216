/**
 * Derives `kubernetes-types.json`: the schemas of a pod template and of a Job's specification, from the OpenAPI that a
 * Kubernetes API server publishes and that its source carries. Run by hand when the Kubernetes version is raised:
 *
 *     node scripts/generate/derive-kubernetes-types.ts "$(go mod download -json k8s.io/kubernetes@v1.34.4 | jq -r .Dir)"
 *     npm run format && npm run generate
 *
 * What is kept and dropped, and why:
 * - Descriptions go: with them each CRD would be beyond what `kubectl apply` can store in its annotation.
 * - Patch strategies and group-version-kinds go: a CRD may not have them. List and map types stay, so that server-side
 *   apply merges containers by name.
 * - Defaults go, since the document has an empty one on nearly every required field and the server would write them into
 *   stored objects. Two stay: `protocol: TCP`, without which ports have no complete list key, and the empty name of
 *   references to local objects, which is a list key of `imagePullSecrets`.
 * - `volumes` and the resource limits and requests are open, as in the published CRDs: their types grow with every
 *   Kubernetes version and driver. Metadata of a template is labels and annotations.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as z from 'zod'
import type { StructuralSchema } from './structural-schema.ts'

const published = z.record(z.string(), z.unknown())
const definitions = z.object({ components: z.object({ schemas: z.record(z.string(), published) }) })
type Published = z.infer<typeof published>

const keptAsIs = ['type', 'enum', 'x-kubernetes-list-type', 'x-kubernetes-list-map-keys', 'x-kubernetes-map-type']
const open: StructuralSchema = { 'x-kubernetes-preserve-unknown-fields': true }
const intOrString: StructuralSchema = {
  anyOf: [{ type: 'integer' }, { type: 'string' }],
  'x-kubernetes-int-or-string': true,
}
const labelsAndAnnotations: StructuralSchema = {
  type: 'object',
  properties: {
    annotations: { type: 'object', additionalProperties: { type: 'string' } },
    labels: { type: 'object', additionalProperties: { type: 'string' } },
  },
}

/** Types that are written out, or replaced, wherever they are referenced. */
const replacements: Record<string, StructuralSchema> = {
  IntOrString: intOrString,
  Quantity: intOrString,
  ObjectMeta: labelsAndAnnotations,
  Time: { type: 'string', format: 'date-time' },
}

const openFields = new Set(['PodSpec.volumes', 'ResourceRequirements.limits', 'ResourceRequirements.requests'])

const referenceOf = (schema: Published): string | undefined => {
  const [inAllOf] = z.array(published).catch([]).parse(schema.allOf)
  const reference = schema.$ref ?? inAllOf?.$ref
  return typeof reference === 'string' ? reference.split('.').at(-1) : undefined
}

const keptDefault = (field: string, schema: Published, required: readonly string[]): StructuralSchema => {
  const keeps = field === 'protocol' ? schema.default === 'TCP' : field === 'name' && schema.default === ''
  return keeps && !required.includes(field) ? { default: z.string().parse(schema.default) } : {}
}

const schemaOf = (typeName: string, schema: Published): StructuralSchema => {
  const reference = referenceOf(schema)
  if (reference !== undefined) return replacements[reference] ?? { $ref: reference }
  const out: Record<string, unknown> = {}
  for (const key of keptAsIs) if (schema[key] !== undefined) out[key] = schema[key]
  if (schema.format === 'int32' || schema.format === 'int64') out.format = schema.format
  if (schema.items !== undefined) out.items = schemaOf(typeName, published.parse(schema.items))
  if (schema.additionalProperties !== undefined) {
    out.additionalProperties = schemaOf(typeName, published.parse(schema.additionalProperties))
  }
  const required = z.array(z.string()).default([]).parse(schema.required)
  if (required.length > 0) out.required = required.toSorted()
  if (schema.properties !== undefined) {
    const properties = z.record(z.string(), published).parse(schema.properties)
    out.properties = Object.fromEntries(
      Object.entries(properties)
        .toSorted(([one], [other]) => (one < other ? -1 : 1))
        .map(([field, property]) => [
          field,
          openFields.has(`${typeName}.${field}`)
            ? open
            : { ...schemaOf(typeName, property), ...keptDefault(field, property, required) },
        ]),
    )
  }
  return out
}

const referencesIn = (value: unknown): string[] => {
  if (Array.isArray(value)) return value.flatMap(referencesIn)
  if (value === null || typeof value !== 'object') return []
  return Object.entries(value).flatMap(([key, member]) =>
    key === '$ref' && typeof member === 'string' ? [member] : referencesIn(member),
  )
}

/** All types that `root` needs, by their short name. */
const derive = (schemas: Record<string, Published>, root: string): Record<string, StructuralSchema> => {
  const byShortName = new Map(Object.entries(schemas).map(([name, schema]) => [name.split('.').at(-1) ?? name, schema]))
  const derived: Record<string, StructuralSchema> = {}
  const pending = [root]
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    const schema = byShortName.get(name)
    if (schema === undefined) throw new Error(`the OpenAPI document has no type ${name}`)
    derived[name] ??= schemaOf(name, schema)
    pending.push(...referencesIn(derived[name]).filter((found) => derived[found] === undefined))
  }
  return Object.fromEntries(Object.entries(derived).toSorted(([one], [other]) => (one < other ? -1 : 1)))
}

const module = process.argv[2]
if (module === undefined) throw new Error('give the directory of the Go module k8s.io/kubernetes as the first argument')
const source = join(module, 'api/openapi-spec/v3/apis__batch__v1_openapi.json')
const document = definitions.parse(JSON.parse(readFileSync(source, 'utf8')))
const target = fileURLToPath(new URL('kubernetes-types.json', import.meta.url))
writeFileSync(target, `${JSON.stringify(derive(document.components.schemas, 'JobSpec'), null, 2)}\n`)
