import type { Json } from '../json.ts'
import { JsonPathError } from './template.ts'

/** A value on its way through a path. Integers of the path's own text are kept apart from JSON's numbers, which are floats in Go. */
export type Found =
  | { readonly kind: 'json'; readonly value: Json }
  | { readonly kind: 'integer'; readonly value: number }

type Comparable = 'boolean' | 'integer' | 'float' | 'string'

const comparableKind = (found: Found): Comparable => {
  if (found.kind === 'integer') return 'integer'
  const type = typeof found.value
  if (type === 'number') return 'float'
  if (type === 'string' || type === 'boolean') return type
  throw new JsonPathError('invalid type for comparison')
}

const operators: Readonly<Record<string, (order: number) => boolean>> = {
  '==': (order) => order === 0,
  '!=': (order) => order !== 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
}

const orderOf = (left: Json, right: Json): number => {
  if (left === right) return 0
  return (left ?? 0) < (right ?? 0) ? -1 : 1
}

/**
 * Compares as Kubernetes' filters do: only values of one kind. A JSON number is a float there, so that `@.v>1` is refused and
 * `@.v>1.0` is not. Throws JsonPathError.
 */
export const compare = (left: Found, operator: string, right: Found): boolean => {
  const test = operators[operator]
  if (test === undefined) throw new JsonPathError(`unrecognized filter operator ${operator}`)
  const kind = comparableKind(left)
  if (kind !== comparableKind(right)) throw new JsonPathError('incompatible types for comparison')
  if (kind === 'boolean' && operator !== '==' && operator !== '!=')
    throw new JsonPathError('invalid type for comparison')
  return test(orderOf(left.value, right.value))
}
