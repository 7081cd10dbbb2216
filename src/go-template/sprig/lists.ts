import { deepEqual } from '../../expr/compare.ts'
import { anySliceType, anyType, intType, sliceOf } from '../../expr/go-type.ts'
import { List, list, type Value } from '../../expr/value.ts'
import { requireLength } from '../budget.ts'
import { FunctionError } from '../template-error.ts'
import { type Cell, type FunctionTable, fixed, type TemplateFunction, variadic } from '../template-function.ts'
import { integerOf, intOf, itemsOf } from './arguments.ts'
import { isEmpty } from './defaults.ts'

const present = (cell: Cell): Value => cell ?? null

/** The list that Go leaves nil, which JSON shows as `null`. */
const nilList = new List(anySliceType, [], true)

const chunk = ([size, cell]: readonly Cell[]): Cell => {
  const items = itemsOf(cell, 'Cannot chunk type')
  const length = intOf(size)
  if (length <= 0) throw new FunctionError('runtime error: makeslice: len out of range')
  const chunks = Array.from({ length: Math.ceil(items.length / length) }, (_, index) =>
    list(items.slice(index * length, (index + 1) * length)),
  )
  return new List(sliceOf(anySliceType), chunks)
}

const uniq = (items: readonly Value[]): Value[] => {
  const kept: Value[] = []
  for (const item of items) if (!kept.some((other) => deepEqual(item, other))) kept.push(item)
  return kept
}

const without = ([cell, ...unwanted]: readonly Cell[]): Cell =>
  list(
    itemsOf(cell, 'Cannot find without on type').filter(
      (item) => !unwanted.some((other) => deepEqual(item, present(other))),
    ),
  )

const has = ([needle, haystack]: readonly Cell[]): boolean =>
  haystack !== undefined &&
  haystack !== null &&
  itemsOf(haystack, 'Cannot find has on type').some((item) => deepEqual(item, present(needle)))

const slice = ([cell, ...ends]: readonly Cell[]): Cell => {
  const items = itemsOf(cell, 'list should be type of slice or array but')
  if (items.length === 0) return null
  const [from = 0, to = items.length] = ends.map((end) => Number(integerOf(end)))
  if (from < 0 || to < from || to > items.length)
    throw new FunctionError('reflect.Value.Slice: slice index out of bounds')
  return new List(cell instanceof List ? cell.type : anySliceType, items.slice(from, to))
}

const concat = (lists: readonly Cell[]): Cell => {
  const items = lists.flatMap((each) => [...itemsOf(each, 'Cannot concat type', ' as list')])
  return items.length === 0 ? nilList : list(items)
}

const until = (start: number, stop: number, step: number): List => {
  const isDown = stop < start
  if (isDown ? step >= 0 : step <= 0) return new List(sliceOf(intType), [])
  const count = Math.ceil((stop - start) / step)
  requireLength(count)
  return new List(
    sliceOf(intType),
    Array.from({ length: count }, (_, index) => BigInt(start + index * step)),
  )
}

/** The numbers from one to another, both included, as a text. */
const sequence = (params: readonly Cell[]): string => {
  const numbers = params.map(intOf)
  const [first = 0, second = 0, third = 0] = numbers
  if (numbers.length === 0 || numbers.length > 3) return ''
  const [start, end] = numbers.length === 1 ? [1, first] : [first, numbers.length === 2 ? second : third]
  const direction = end < start ? -1 : 1
  const step = numbers.length === 3 ? second : direction
  if (numbers.length === 3 && direction < 0 && step > 0) return ''
  return until(start, end + direction, step)
    .items.map(String)
    .join(' ')
}

/** A function of one list, by what Go says when it gets something else. */
const onList = (refusal: string, compute: (items: readonly Value[]) => Cell): TemplateFunction =>
  fixed([anyType], ([cell]) => compute(itemsOf(cell, refusal)))

/** A function under its name, and under the one that returns its error: in a template both stop it. */
const both = (name: string, called: TemplateFunction): FunctionTable => [
  [name, called],
  [`must${name.charAt(0).toUpperCase()}${name.slice(1)}`, called],
]

const push = fixed([anyType, anyType], ([cell, item]) => list([...itemsOf(cell, 'Cannot push on type'), present(item)]))

const prepend = fixed([anyType, anyType], ([cell, item]) =>
  list([present(item), ...itemsOf(cell, 'Cannot prepend on type')]),
)

const listOf = variadic([], anyType, (items) => list(items.map(present)))

/** Sprig's functions of lists. None changes a list that it is given. */
export const listFunctions: FunctionTable = [
  ['list', listOf],
  ['tuple', listOf],
  ...both('push', push),
  ...both('append', push),
  ...both('prepend', prepend),
  ...both(
    'first',
    onList('Cannot find first on type', (items) => items[0] ?? null),
  ),
  ...both(
    'last',
    onList('Cannot find last on type', (items) => items.at(-1) ?? null),
  ),
  ...both(
    'rest',
    onList('Cannot find rest on type', (items) => (items.length === 0 ? nilList : list(items.slice(1)))),
  ),
  ...both(
    'initial',
    onList('Cannot find initial on type', (items) => (items.length === 0 ? nilList : list(items.slice(0, -1)))),
  ),
  ...both(
    'reverse',
    onList('Cannot find reverse on type', (items) => list(items.toReversed())),
  ),
  ...both(
    'compact',
    onList('Cannot compact on type', (items) => list(items.filter((item) => !isEmpty(item)))),
  ),
  ...both(
    'uniq',
    onList('Cannot find uniq on type', (items) => list(uniq(items))),
  ),
  ...both('without', variadic([anyType], anyType, without)),
  ...both('has', fixed([anyType, anyType], has)),
  ...both('slice', variadic([anyType], anyType, slice)),
  ...both('chunk', fixed([intType, anyType], chunk)),
  ['concat', variadic([], anyType, concat)],
  ['until', fixed([intType], ([count]) => until(0, intOf(count), intOf(count) < 0 ? -1 : 1))],
  [
    'untilStep',
    fixed([intType, intType, intType], ([start, stop, step]) => until(intOf(start), intOf(stop), intOf(step))),
  ],
  ['seq', variadic([], intType, sequence)],
  ['deepEqual', fixed([anyType, anyType], ([left, right]) => deepEqual(present(left), present(right)))],
]
