import { formatValue } from '../../expr/format.ts'
import { isIntegerKind } from '../../expr/go-type.ts'
import { isNil, Scalar, typeName, typeOf } from '../../expr/value.ts'
import { compareStrings } from '../../lib/go-string.ts'
import { sprintf } from '../printf.ts'
import { FunctionError } from '../template-error.ts'
import { anythingType, type Cell, type FunctionTable, fixed, variadic } from '../template-function.ts'

/** What can be compared, by kind: integers of all widths with each other, but no int with a float. */
type Comparable =
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'int'; readonly value: bigint }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }

const comparableOf = (cell: Cell): Comparable | undefined => {
  const value = cell instanceof Scalar ? cell.value : cell
  switch (typeof value) {
    case 'boolean':
      return { kind: 'bool', value }
    case 'bigint':
      return { kind: 'int', value }
    case 'number':
      return cell instanceof Scalar && isIntegerKind(cell.type.kind) ? undefined : { kind: 'float', value }
    case 'string':
      return { kind: 'string', value }
    default:
      return undefined
  }
}

const incompatible = (left: Cell, right: Cell): FunctionError =>
  new FunctionError(`incompatible types for comparison: ${typeName(left ?? null)} and ${typeName(right ?? null)}`)

const kindOf = (cell: Cell): string => typeOf(cell ?? null)?.kind ?? 'invalid'

/** Values without an order: equal only if both are nil, or the very same. */
const equalOthers = (left: Cell, right: Cell): boolean => {
  const [leftKind, rightKind] = [kindOf(left), kindOf(right)]
  if (leftKind !== rightKind && leftKind !== 'invalid' && rightKind !== 'invalid') {
    throw new FunctionError(
      `non-comparable types ${sprintf('%s', [left])}: ${typeName(left ?? null)}, ${typeName(right ?? null)}: ${formatValue(right ?? null)}`,
    )
  }
  const [leftNil, rightNil] = [isNil(left ?? null), isNil(right ?? null)]
  if (leftNil || rightNil) return leftNil && rightNil
  if (rightKind === 'slice' || rightKind === 'map' || rightKind === 'func')
    throw new FunctionError(`non-comparable type ${sprintf('%s', [right])}: ${typeName(right ?? null)}`)
  return (
    left === right ||
    (typeName(left ?? null) === typeName(right ?? null) && formatValue(left ?? null) === formatValue(right ?? null))
  )
}

const equal = (left: Cell, right: Cell): boolean => {
  const [a, b] = [comparableOf(left), comparableOf(right)]
  if (a?.kind === b?.kind) return a === undefined || b === undefined ? equalOthers(left, right) : a.value === b.value
  // Nothing equals nil, whatever its type.
  if (left === undefined || left === null || right === undefined || right === null) return false
  throw incompatible(left, right)
}

const less = (left: Cell, right: Cell): boolean => {
  const [a, b] = [comparableOf(left), comparableOf(right)]
  if (a === undefined || b === undefined) throw new FunctionError('invalid type for comparison')
  if (a.kind !== b.kind) throw incompatible(left, right)
  if (a.kind === 'bool') throw new FunctionError('invalid type for comparison')
  if (a.kind === 'string' && b.kind === 'string') return compareStrings(a.value, b.value) < 0
  return a.value < b.value
}

const lessOrEqual = (left: Cell, right: Cell): boolean => less(left, right) || equal(left, right)

const equalsAny = ([first, ...others]: readonly Cell[]): boolean => {
  if (others.length === 0) throw new FunctionError('missing argument for comparison')
  return others.some((other) => equal(first, other))
}

const pair = (compare: (left: Cell, right: Cell) => boolean) =>
  fixed([anythingType, anythingType], ([left, right]) => compare(left, right))

/** Go's builtins that compare. */
export const comparisonBuiltins: FunctionTable = [
  ['eq', variadic([anythingType], anythingType, equalsAny)],
  ['ne', pair((left, right) => !equal(left, right))],
  ['lt', pair(less)],
  ['le', pair(lessOrEqual)],
  ['gt', pair((left, right) => !lessOrEqual(left, right))],
  ['ge', pair((left, right) => !less(left, right))],
]
