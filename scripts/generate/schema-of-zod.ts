import * as z from 'zod'
import { kubernetesSchemaOf } from './kubernetes-schema.ts'
import type { StructuralSchema } from './structural-schema.ts'

/** JSON Schema as zod writes it for OpenAPI 3.0, with what the schemas carry as metadata. */
type ZodOutput = z.core.JSONSchema.BaseSchema & { 'x-kubernetes-schema-of'?: string }

/** Keys that a CRD understands as they are. */
const keptAsIs = [
  'type',
  'format',
  'description',
  'default',
  'enum',
  'x-kubernetes-preserve-unknown-fields',
  'x-kubernetes-list-type',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-map-type',
  'x-kubernetes-validations',
] as const

/** Keys that are said in another way below, or that the published schemas do not have: they would refuse more. */
const dropped = ['pattern', 'minimum', 'maximum', 'propertyNames', 'anyOf', 'x-kubernetes-int-or-string']
const containers = ['properties', 'required', 'items', 'additionalProperties', 'x-kubernetes-schema-of']
const known = new Set<string>([...keptAsIs, ...dropped, ...containers])

const isSchema = (child: unknown): child is ZodOutput =>
  child !== null && typeof child === 'object' && !Array.isArray(child)

const childOf = (child: unknown): ZodOutput | undefined => (isSchema(child) ? child : undefined)

const intOrStringParts: StructuralSchema = {
  anyOf: [{ type: 'integer' }, { type: 'string' }],
  'x-kubernetes-int-or-string': true,
}

const fieldsOf = (schema: ZodOutput, path: string): StructuralSchema => {
  const properties = Object.entries(schema.properties ?? {}).map(([name, property]) => {
    const field = childOf(property)
    if (field?.description === undefined) throw new Error(`${path}.${name} has no description for kubectl explain`)
    return [name, structuralOf(field, `${path}.${name}`)] as const
  })
  return {
    ...(schema.properties && properties.length > 0 && { properties: Object.fromEntries(properties) }),
    ...(schema.required && { required: schema.required.toSorted() }),
  }
}

/**
 * The structural schema of what zod wrote. Throws, with the path, for a field without a description and for anything
 * that a CRD cannot say, so that a new zod type does not silently become no check at all.
 */
const structuralOf = (schema: ZodOutput, path: string): StructuralSchema => {
  const foreign = Object.keys(schema).filter((key) => !known.has(key))
  if (foreign.length > 0) throw new Error(`${path}: a CRD cannot say ${foreign.join(', ')}`)
  const own = Object.fromEntries(keptAsIs.filter((key) => schema[key] !== undefined).map((key) => [key, schema[key]]))
  const kubernetesType = schema['x-kubernetes-schema-of']
  if (kubernetesType !== undefined) return { ...kubernetesSchemaOf(kubernetesType), ...own }
  if (schema['x-kubernetes-int-or-string'] === true) return { ...own, ...intOrStringParts }
  if (schema.anyOf !== undefined) throw new Error(`${path}: a union is only possible as an int-or-string`)
  if (own.type === undefined) throw new Error(`${path} has no type`)
  const items = childOf(schema.items)
  const values = childOf(schema.additionalProperties)
  return {
    ...own,
    ...fieldsOf(schema, path),
    ...(items && { items: structuralOf(items, `${path}[]`) }),
    ...(values && { additionalProperties: structuralOf(values, `${path}.*`) }),
  }
}

/** The structural schema of a zod schema, named `path` in errors. */
export const schemaOfZod = (schema: z.ZodType, path: string): StructuralSchema =>
  structuralOf(
    z.toJSONSchema(schema, { target: 'openapi-3.0', io: 'input', unrepresentable: 'any', reused: 'inline' }),
    path,
  )
