import { compare } from './compare.ts'
import type { Value } from './value.ts'

/**
 * The items in ascending (or descending) order of their keys. Throws where two keys have no common order. Go's sort is not
 * stable above 12 items; this one always is.
 */
export const sorted = <Item>(items: readonly Item[], keyOf: (item: Item) => Value, descending: boolean): Item[] => {
  const isLess = (left: Item, right: Item): boolean =>
    descending ? compare('<', keyOf(right), keyOf(left)) : compare('<', keyOf(left), keyOf(right))
  if (items.length > 12)
    return items.toSorted((left, right) => (isLess(left, right) ? -1 : isLess(right, left) ? 1 : 0))
  // Short lists are inserted one by one, so that the same pair as in Go is the first to be found incomparable.
  const result: Item[] = []
  for (const item of items) {
    let at = result.length
    for (let before = result[at - 1]; at > 0 && before !== undefined && isLess(item, before); before = result[at - 1])
      at -= 1
    result.splice(at, 0, item)
  }
  return result
}
