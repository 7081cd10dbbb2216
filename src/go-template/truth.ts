import { Dictionary, Func, Instant, List, Location, Pointer, Scalar, Struct } from '../expr/value.ts'
import type { Cell } from './template-function.ts'

/** Whether `if` takes a value for true: everything but nil, false, zero, and what is empty (Go, text/template, `IsTrue`). */
export const isTrue = (value: Cell): boolean => {
  if (value === undefined || value === null) return false
  // Go takes NaN for true: it is not zero.
  if (typeof value === 'number') return value !== 0
  if (typeof value !== 'object') return Boolean(value)
  if (value instanceof List) return value.items.length > 0
  if (value instanceof Dictionary) return value.entries.size > 0
  if (value instanceof Scalar) return isTrue(value.value)
  if (value instanceof Pointer) return value.target !== undefined
  return value instanceof Struct || value instanceof Instant || value instanceof Location || value instanceof Func
}
