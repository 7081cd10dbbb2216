import { type Filters, filtersFromQuery, noFilters, queryFromFilters } from './filters.ts'

/** What the page shows, as its address says it. */
export type Route =
  /** Without a namespace: that of the last visit, or the server's. */
  | { readonly view: 'list'; readonly namespace?: string; readonly filters: Filters }
  | { readonly view: 'rollout'; readonly namespace?: string; readonly name: string }

const decoded = (part: string): string => {
  try {
    return decodeURIComponent(part)
  } catch {
    // A percent sign that somebody typed.
    return part
  }
}

/**
 * Reads an address below the page's root, with the paths of the published page: `namespace`, `rollout/namespace/name` and
 * `rollout/name`.
 */
export const routeOf = (path: string, query: string): Route => {
  const [first, second, third] = path.split('/').filter(Boolean).map(decoded)
  if (first === 'rollout' && second !== undefined) {
    return third === undefined ? { view: 'rollout', name: second } : { view: 'rollout', namespace: second, name: third }
  }
  const filters = filtersFromQuery(query)
  return first === undefined ? { view: 'list', filters } : { view: 'list', namespace: first, filters }
}

/** The address of a route below the page's root, without a slash before it. */
export const addressOf = (route: Route): string => {
  const namespace = route.namespace === undefined ? '' : encodeURIComponent(route.namespace)
  if (route.view === 'list') return `${namespace}${queryFromFilters(route.filters)}`
  return ['rollout', namespace, encodeURIComponent(route.name)].filter(Boolean).join('/')
}

/** The list of a namespace, unfiltered. */
export const listOf = (namespace: string | undefined): Route => ({
  view: 'list',
  ...(namespace !== undefined && { namespace }),
  filters: noFilters,
})

/** The page of a Rollout. */
export const routeTo = ({ name, namespace }: { readonly name: string; readonly namespace?: string }): Route => ({
  view: 'rollout',
  ...(namespace !== undefined && { namespace }),
  name,
})
