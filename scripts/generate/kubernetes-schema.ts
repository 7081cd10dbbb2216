import kubernetesTypes from './kubernetes-types.json' with { type: 'json' }
import type { StructuralSchema } from './structural-schema.ts'

const types: Readonly<Record<string, StructuralSchema>> = kubernetesTypes

const inlined = (schema: StructuralSchema): StructuralSchema => {
  if (schema.$ref !== undefined) return kubernetesSchemaOf(schema.$ref)
  const { items, properties, additionalProperties, ...rest } = schema
  return {
    ...rest,
    ...(items && { items: inlined(items) }),
    ...(additionalProperties && { additionalProperties: inlined(additionalProperties) }),
    ...(properties && {
      properties: Object.fromEntries(Object.entries(properties).map(([name, property]) => [name, inlined(property)])),
    }),
  }
}

/**
 * Kubernetes' own schema of a type such as `PodTemplateSpec`, with every reference written out, since a CRD may hold
 * none. Throws for a type that was not derived (see derive-kubernetes-types.ts).
 */
export const kubernetesSchemaOf = (name: string): StructuralSchema => {
  const schema = types[name]
  if (schema === undefined) throw new Error(`no schema of ${name} was derived from the OpenAPI of Kubernetes`)
  return inlined(schema)
}
