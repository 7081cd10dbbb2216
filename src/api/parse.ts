import * as z from 'zod'
import type { DeepReadonly } from '../lib/json.ts'
import type { FieldError } from './field-error.ts'
import { withoutNulls } from './without-nulls.ts'

/** An object that has the shape of its kind, or what is wrong with it. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly errors: readonly FieldError[] }

/** Field path of an issue, as Kubernetes writes it: `spec.steps[0].setWeight`, `metadata.labels[app]`. */
const pathOf = (path: readonly PropertyKey[]): string =>
  path
    .map((part, index) => {
      if (typeof part === 'number') return `[${part}]`
      if (typeof part === 'symbol') return `[${part.description}]`
      const name = part
      if (!/^\w+$/.test(name)) return `[${name}]`
      return index === 0 ? name : `.${name}`
    })
    .join('')

const typeName = (value: unknown): string => {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value
}

/** zod's names where they differ. All numbers of the API are integers. */
const expectedNames: Record<string, string> = { int: 'integer', number: 'integer', record: 'object' }

/** A refused value is shown by its type only, as the API server does: it may be a password in the wrong field. */
const wrongType = (field: string, input: unknown, expected: string): FieldError => ({
  type: 'Invalid',
  field,
  badValue: typeName(input),
  detail: `must be of type ${expectedNames[expected] ?? expected}`,
})

const fieldErrorOf = (issue: z.core.$ZodIssue): FieldError => {
  const field = pathOf(issue.path)
  if (issue.input === undefined) return { type: 'Required', field, detail: '' }
  switch (issue.code) {
    case 'invalid_type':
      return wrongType(field, issue.input, issue.expected)
    case 'invalid_union':
      return wrongType(field, issue.input, 'integer or string')
    case 'invalid_value':
      return {
        type: 'NotSupported',
        field,
        badValue: issue.input,
        detail: `supported values: ${issue.values.map((value) => JSON.stringify(value)).join(', ')}`,
      }
    case 'invalid_format':
      return { type: 'Invalid', field, badValue: issue.input, detail: 'must be a date and time in RFC 3339' }
    case 'too_big':
      return { type: 'Invalid', field, badValue: issue.input, detail: `must be at most ${issue.maximum}` }
    case 'too_small':
      return { type: 'Invalid', field, badValue: issue.input, detail: `must be at least ${issue.minimum}` }
    default:
      return {
        type: 'Invalid',
        field,
        badValue: issue.code === 'custom' && issue.params?.showsValue === true ? issue.input : typeName(issue.input),
        detail: issue.message,
      }
  }
}

/**
 * A reader for objects of a schema. It changes nothing: what comes out is what went in, with fields that the schema does
 * not know (hence read-only: it may come from a cache), unless it held nulls, which mean absence to Kubernetes and are left out of a copy.
 */
export const parserOf =
  <Schema extends z.ZodType>(schema: Schema) =>
  (raw: unknown): Parsed<DeepReadonly<z.infer<Schema>>> => {
    const asIs = z.safeParse(schema, raw, { reportInput: true })
    if (asIs.success) return { ok: true, value: raw as DeepReadonly<z.infer<Schema>> }
    const cleaned = withoutNulls(schema, raw)
    const result = z.safeParse(schema, cleaned, { reportInput: true })
    return result.success
      ? { ok: true, value: cleaned as DeepReadonly<z.infer<Schema>> }
      : { ok: false, errors: result.error.issues.map(fieldErrorOf) }
  }
