import { anyType } from '../../expr/go-type.ts'
import { type Cell, type FunctionTable, fixed, variadic } from '../template-function.ts'
import { isTrue } from '../truth.ts'

/** What `default` replaces: nil, zero, false, and texts, lists and maps without content. */
export const isEmpty = (cell: Cell): boolean => !isTrue(cell)

/** Sprig's functions about values that may not be there. */
export const defaultFunctions: FunctionTable = [
  ['default', variadic([anyType], anyType, ([fallback, given]) => (isEmpty(given) ? fallback : given))],
  ['empty', fixed([anyType], ([value]) => isEmpty(value))],
  ['coalesce', variadic([], anyType, (values) => values.find((value) => !isEmpty(value)) ?? null)],
  ['all', variadic([], anyType, (values) => values.every((value) => !isEmpty(value)))],
  ['any', variadic([], anyType, (values) => values.some((value) => !isEmpty(value)))],
]
