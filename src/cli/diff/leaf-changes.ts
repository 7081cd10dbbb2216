import { equalJson, isJsonObject } from '../../lib/json-value.ts'

/** One value that is another than before. Absent: it was not there, or will not be. */
export interface LeafChange {
  /** Such as `spec.template.spec.containers[main].image`. */
  readonly path: string
  readonly before?: unknown
  readonly after?: unknown
}

type Named = { readonly name: string }

const isNamed = (item: unknown): item is Named => isJsonObject(item) && typeof item.name === 'string'

const haveNames = (items: readonly unknown[]): items is readonly Named[] =>
  items.every(isNamed) && new Set(items.map(({ name }) => name)).size === items.length

/** Items by their name where all have one of their own, as containers do; else by their place. */
const itemsByKey = (items: readonly unknown[], byName: boolean): ReadonlyMap<string, unknown> =>
  new Map(items.map((item, index) => [byName && isNamed(item) ? item.name : String(index), item]))

const memberPath = (path: string, key: string): string => {
  if (!/^[\w-]+$/.test(key)) return `${path}[${key}]`
  return path === '' ? key : `${path}.${key}`
}

const changesOfMaps = (
  before: ReadonlyMap<string, unknown>,
  after: ReadonlyMap<string, unknown>,
  pathOf: (key: string) => string,
): LeafChange[] =>
  [...new Set([...before.keys(), ...after.keys()])].flatMap((key) =>
    leafChanges(before.get(key), after.get(key), pathOf(key)),
  )

/** Every value that differs between two pieces of JSON, each with the path to it. What is there or not as a whole is one change. */
export const leafChanges = (before: unknown, after: unknown, path = ''): LeafChange[] => {
  // To Kubernetes, null is absence.
  if (equalJson(before ?? undefined, after ?? undefined)) return []
  if (Array.isArray(before) && Array.isArray(after)) {
    const byName = haveNames(before) && haveNames(after)
    const changes = changesOfMaps(itemsByKey(before, byName), itemsByKey(after, byName), (key) => `${path}[${key}]`)
    // The same items in another order.
    return changes.length > 0 ? changes : [{ path, before, after }]
  }
  if (isJsonObject(before) && isJsonObject(after)) {
    return changesOfMaps(new Map(Object.entries(before)), new Map(Object.entries(after)), (key) =>
      memberPath(path, key),
    )
  }
  return [{ path, ...(before !== undefined && { before }), ...(after !== undefined && { after }) }]
}
