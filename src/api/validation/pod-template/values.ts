import { type FieldError, invalid, notSupported, required } from '../../field-error.ts'

const largestInt32 = 2 ** 31 - 1

/** One error a reason. */
export const refused = (field: string, value: unknown, reasons: readonly string[]): readonly FieldError[] =>
  reasons.map((reason) => invalid(field, value, reason))

/** A text that must be there and fit. */
export const requiredText = (
  field: string,
  value: string,
  reasonsOf: (value: string) => readonly string[] = () => [],
): readonly FieldError[] => (value === '' ? [required(field)] : refused(field, value, reasonsOf(value)))

/** A text that may be absent, and fits otherwise. */
export const optionalText = (
  field: string,
  value: string,
  reasonsOf: (value: string) => readonly string[],
): readonly FieldError[] => (value === '' ? [] : refused(field, value, reasonsOf(value)))

/** A text that is one of a few; `missing` when it must be there. */
export const oneOf = (
  field: string,
  value: string,
  supported: readonly string[],
  missing: readonly FieldError[] = [],
): readonly FieldError[] => {
  if (value === '') return missing
  return supported.includes(value) ? [] : [notSupported(field, value, supported)]
}

/** A number that is not negative. */
export const notNegative = (field: string, value: number | undefined): readonly FieldError[] =>
  (value ?? 0) < 0 ? [invalid(field, value, 'must be greater than or equal to 0')] : []

const portNumberReasons = (value: number): readonly string[] =>
  value >= 1 && value <= 65535 ? [] : ['must be between 1 and 65535, inclusive']

/** The name of a port: an IANA service name (RFC 6335). */
export const portNameReasons = (value: string): readonly string[] => [
  ...(value.length > 15 ? ['must be no more than 15 characters'] : []),
  ...(/^[-a-z0-9]+$/.test(value) ? [] : ['must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)']),
  ...(/[a-z]/.test(value) ? [] : ['must contain at least one letter (a-z)']),
  ...(value.includes('--') ? ['must not contain consecutive hyphens'] : []),
  ...(/^-|-$/.test(value) ? ['must not begin or end with a hyphen'] : []),
]

/** The number of a port. */
export const portNumber = (field: string, value: number): readonly FieldError[] =>
  refused(field, value, portNumberReasons(value))

/** A port by number or by name. An absent one counts as 0. */
export const portNumberOrName = (field: string, value: unknown): readonly FieldError[] =>
  typeof value === 'string'
    ? refused(field, value, portNameReasons(value))
    : portNumber(field, typeof value === 'number' ? value : 0)

/** The id of a user or group. */
export const userOrGroupId = (field: string, value: number | undefined): readonly FieldError[] =>
  value === undefined || (value >= 0 && value <= largestInt32)
    ? []
    : [invalid(field, value, `must be between 0 and ${largestInt32}, inclusive`)]

const parts = (path: string): readonly string[] => path.split('/')

/** A path without steps upwards. */
export const noBacksteps = (field: string, path: string): readonly FieldError[] =>
  parts(path).includes('..') ? [invalid(field, path, "must not contain '..'")] : []

/** A relative path without steps upwards. */
export const descendingPath = (field: string, path: string): readonly FieldError[] => [
  ...(path.startsWith('/') ? [invalid(field, path, 'must be a relative path')] : []),
  ...noBacksteps(field, path),
]
