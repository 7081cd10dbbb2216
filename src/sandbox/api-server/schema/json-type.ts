import type { Json } from '../../../lib/json.ts'

/** What validation messages call the type of a value. */
export const typeName = (value: Json): string => {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value
}
