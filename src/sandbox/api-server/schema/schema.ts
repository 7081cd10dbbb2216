import type { Json } from '../../../lib/json.ts'
import definitions from './builtin-schemas.json' with { type: 'json' }

/**
 * A node of an OpenAPI v3 schema, as CRDs and the published documents of built-in kinds have them. `$ref` names a
 * definition of `builtin-schemas.json`; schemas of CRDs are structural and have none.
 */
export interface Schema {
  readonly $ref?: string
  /** Short name of the definition that a reference has led to. */
  readonly definition?: string
  readonly type?: string
  readonly format?: string
  readonly description?: string
  readonly nullable?: boolean
  readonly default?: Json
  readonly enum?: readonly Json[]
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: boolean
  readonly exclusiveMaximum?: boolean
  readonly multipleOf?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly minProperties?: number
  readonly maxProperties?: number
  readonly uniqueItems?: boolean
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: Schema | boolean
  readonly items?: Schema
  readonly oneOf?: readonly Schema[]
  readonly anyOf?: readonly Schema[]
  readonly allOf?: readonly Schema[]
  readonly not?: Schema
  readonly 'x-kubernetes-int-or-string'?: boolean
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean
  readonly 'x-kubernetes-embedded-resource'?: boolean
  readonly 'x-kubernetes-list-type'?: string
  readonly 'x-kubernetes-list-map-keys'?: readonly string[]
  readonly 'x-kubernetes-map-type'?: string
  readonly 'x-kubernetes-patch-strategy'?: string
  readonly 'x-kubernetes-patch-merge-key'?: string
  readonly 'x-kubernetes-validations'?: readonly { readonly rule: string; readonly message?: string }[]
}

/** Schemas of built-in types by the names that Kubernetes' OpenAPI gives them. Made by `scripts/derive-builtin-schemas.ts`. */
export const builtinSchemas: Readonly<Record<string, Schema>> = definitions as unknown as Record<string, Schema>

const resolved = new Map<Schema, Schema>()

/** The schema with its reference followed; members that stand beside the reference, such as list types, win. */
export const resolve = (schema: Schema): Schema => {
  if (schema.$ref === undefined) return schema
  const known = resolved.get(schema)
  if (known !== undefined) return known
  const { $ref, ...own } = schema
  const target = builtinSchemas[$ref]
  if (target === undefined) throw new Error(`finding the definition ${$ref} in builtin-schemas.json`)
  const merged = { ...resolve(target), ...own, definition: $ref.slice($ref.lastIndexOf('.') + 1) }
  resolved.set(schema, merged)
  return merged
}

/** Name of `metav1.ObjectMeta` in the definitions. */
export const objectMetaDefinition = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta'

/** Schema of the member `name` of an object with this schema; `undefined` when the schema does not know it. */
export const memberSchema = (schema: Schema | undefined, name: string): Schema | undefined => {
  if (schema === undefined) return undefined
  const own = schema.properties?.[name]
  if (own !== undefined) return resolve(own)
  return typeof schema.additionalProperties === 'object' ? resolve(schema.additionalProperties) : undefined
}

/** Schema of the items of a list with this schema. */
export const itemSchema = (schema: Schema | undefined): Schema | undefined =>
  schema?.items === undefined ? undefined : resolve(schema.items)

/** True when members that the schema does not name are kept all the same. */
export const keepsUnknown = (schema: Schema): boolean =>
  schema['x-kubernetes-preserve-unknown-fields'] === true ||
  schema.additionalProperties === true ||
  (schema.properties === undefined && schema.additionalProperties === undefined)

/** True for a value that may be an integer or a string, such as a port or a percentage. */
export const isIntOrString = (schema: Schema): boolean =>
  schema['x-kubernetes-int-or-string'] === true || schema.format === 'int-or-string'
