import type { ManagedParts } from './managed-parts.ts'
import type { TrafficIntent } from './router.ts'

/** How a product's list of routes takes part in a release, for products whose routes have no names. */
export interface RouteList<Route> {
  /** Whether a release sets the weights of a route. */
  isSplit(route: Route): boolean
  /** A split route with the intended weights. */
  weighted(route: Route): Route
  /** The routes for the header and mirror routes of an intent, made of the split routes. */
  made(split: readonly Route[]): readonly Route[]
  /** Tells a route from others by what it matches and where to, weights aside. */
  fingerprint(route: Route): string
}

/** What is named after routes of steps, in the order of managedRoutes: the first has the highest priority. */
export const inManagedOrder = <Named extends { readonly name: string }>(
  named: readonly Named[],
  { managedRoutes }: Pick<TrafficIntent, 'managedRoutes'>,
): Named[] => named.toSorted((a, b) => managedRoutes.indexOf(a.name) - managedRoutes.indexOf(b.name))

/**
 * Routes as intended, and the fingerprints of those that were added: routes of others stay where they are, the added ones
 * stand right before the first one that they narrow, and those of earlier intents are gone.
 */
export const withManagedRoutes = <Route>(
  present: readonly Route[],
  { isSplit, weighted, made, fingerprint }: RouteList<Route>,
  { rules = [] }: ManagedParts,
): { readonly routes: readonly Route[]; readonly added: readonly string[] } => {
  const kept = present.filter((route) => !rules.includes(fingerprint(route)))
  const split = new Map(kept.filter(isSplit).map((route) => [route, weighted(route)]))
  const routes = made([...split.values()])
  const added = routes.map(fingerprint)
  // A route of ours whose record somebody has removed is ours all the same.
  const own = kept.filter((route) => !added.includes(fingerprint(route)))
  const place = Math.max(
    0,
    own.findIndex((route) => split.has(route)),
  )
  const others = own.map((route) => split.get(route) ?? route)
  return { routes: [...others.slice(0, place), ...routes, ...others.slice(place)], added }
}
