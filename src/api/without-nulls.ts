import * as z from 'zod'

type Members = Readonly<Record<string, unknown>>

const isMembers = (value: unknown): value is Members =>
  value !== null && typeof value === 'object' && !Array.isArray(value)

/** Drops every null member at any depth. */
const withoutAnyNull = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutAnyNull)
  if (!isMembers(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== null)
      .map(([key, member]) => [key, withoutAnyNull(member)]),
  )
}

const withoutNullFields = (schema: z.ZodObject, value: Members): Members =>
  Object.fromEntries(
    Object.entries(value)
      .filter(([key, member]) => member !== null || schema.shape[key] === undefined)
      .map(([key, member]) => {
        const field = schema.shape[key]
        return [key, field === undefined ? member : withoutNulls(field, member)]
      }),
  )

/**
 * A copy of `value` without the null fields that `schema` declares: to Kubernetes a null field is an absent one, and
 * manifests made by tools hold some (`creationTimestamp: null`). Open content keeps its nulls, which mean something there.
 */
export const withoutNulls = (schema: z.core.$ZodType, value: unknown): unknown => {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodExactOptional)
    return withoutNulls(schema.unwrap(), value)
  if (z.globalRegistry.get(schema)?.['x-kubernetes-schema-of'] !== undefined) return withoutAnyNull(value)
  if (schema instanceof z.ZodArray && Array.isArray(value)) {
    return value.map((item) => withoutNulls(schema.element, item))
  }
  if (schema instanceof z.ZodObject && isMembers(value)) return withoutNullFields(schema, value)
  if (schema instanceof z.ZodRecord && isMembers(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [key, withoutNulls(schema.valueType, member)]),
    )
  }
  return value
}
