import { quoteString } from '../lib/go-string.ts'

/**
 * What is wrong with a field, in the words of Kubernetes' `field.Error` (apimachinery, `util/validation/field`). `Unresolved`
 * is a reference that leads nowhere, which the published controller tells by its detail alone.
 */
export type FieldErrorType =
  | 'Required'
  | 'Invalid'
  | 'NotSupported'
  | 'Forbidden'
  | 'Duplicate'
  | 'NotFound'
  | 'TooLong'
  | 'TooMany'
  | 'Internal'
  | 'Unresolved'

/** One fault of an object: which field, what kind of fault, and why. */
export interface FieldError {
  readonly type: FieldErrorType
  /** Path such as `spec.strategy.steps[0].setWeight`; empty for the object as a whole. */
  readonly field: string
  /** The refused value, in the key order that users are to see. Absent: the message shows none; null: it shows `null`. */
  readonly badValue?: unknown
  /** May be empty where the type says it all. */
  readonly detail: string
}

const titles: Record<FieldErrorType, string> = {
  Required: 'Required value',
  Invalid: 'Invalid value',
  NotSupported: 'Unsupported value',
  Forbidden: 'Forbidden',
  Duplicate: 'Duplicate value',
  NotFound: 'Not found',
  TooLong: 'Too long',
  TooMany: 'Too many',
  Internal: 'Internal error',
  Unresolved: '',
}

const showsNoValue: ReadonlySet<FieldErrorType> = new Set(['Required', 'Forbidden', 'TooLong', 'Internal'])

/** JSON as Go writes it, which escapes what HTML would read as markup. */
const goJson = (value: unknown): string =>
  (JSON.stringify(value) ?? 'null').replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

const showValue = (value: unknown): string => (typeof value === 'string' ? quoteString(value) : goJson(value))

/** The error without its field: `Invalid value: -1: must be greater than or equal to 0`. */
export const formatFieldErrorBody = (error: FieldError): string => {
  if (error.type === 'Unresolved') return error.detail
  const title = titles[error.type]
  const value = showsNoValue.has(error.type) || error.badValue === undefined ? '' : `: ${showValue(error.badValue)}`
  return error.detail === '' ? `${title}${value}` : `${title}${value}: ${error.detail}`
}

/** The error as Kubernetes words it: `spec.replicas: Invalid value: -1: must be greater than or equal to 0`. */
export const formatFieldError = (error: FieldError): string =>
  error.field === '' || error.type === 'Unresolved'
    ? formatFieldErrorBody(error)
    : `${error.field}: ${formatFieldErrorBody(error)}`

/** A value that a rule refuses. */
export const invalid = (field: string, badValue: unknown, detail: string): FieldError => ({
  type: 'Invalid',
  field,
  badValue,
  detail,
})

/** A field that must be set and is not. */
export const required = (field: string, detail = ''): FieldError => ({ type: 'Required', field, detail })

/** A field that must not be set, or not so. */
export const forbidden = (field: string, detail: string): FieldError => ({ type: 'Forbidden', field, detail })

/** A value that stands in a list twice where it must be unique. */
export const duplicate = (field: string, badValue: unknown): FieldError => ({
  type: 'Duplicate',
  field,
  badValue,
  detail: '',
})

/** A value that is none of the known ones, which the message lists in order. */
export const notSupported = (field: string, badValue: unknown, supported: readonly string[]): FieldError => ({
  type: 'NotSupported',
  field,
  badValue,
  detail: `supported values: ${[...supported]
    .sort()
    .map((value) => JSON.stringify(value))
    .join(', ')}`,
})
