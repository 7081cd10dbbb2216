import type { IstioHttpRoute } from '../../api/kubernetes/istio.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { inManagedOrder } from '../managed-routes.ts'
import type { HeaderRoute, MirrorRoute, TrafficIntent } from '../router.ts'
import type { SessionCookie } from '../session-cookie.ts'
import { type DestinationRoles, roleOf } from './destinations.ts'
import { headerMatches, mirrorMatches, narrowed } from './http-matches.ts'
import { sessionRoute } from './session-routes.ts'

type Route = DeepReadonly<IstioHttpRoute>

const canaryOf = (base: Route, roles: DestinationRoles) => base.route?.find((one) => roleOf(one, roles) === 'canary')

const headerRoute = (base: Route, header: HeaderRoute, roles: DestinationRoles): readonly Route[] => {
  const canary = canaryOf(base, roles)
  const match = narrowed(base, headerMatches(header))
  return canary === undefined || match.length === 0
    ? []
    : [{ ...base, name: header.name, match, route: [{ ...canary, weight: 100 }] }]
}

const mirrorRoute = (
  base: Route,
  mirror: MirrorRoute,
  roles: DestinationRoles,
  cookie: SessionCookie | undefined,
): readonly Route[] => {
  const destination = canaryOf(base, roles)?.destination
  const match = narrowed(base, mirrorMatches(mirror))
  if (destination === undefined || match.length === 0) return []
  const { name, percentage } = mirror
  // It splits as well, so users who are kept with the canary are told before.
  const session = cookie === undefined ? [] : sessionRoute({ ...base, match }, cookie, roles)
  return [...session, { ...base, name, match, mirror: destination, mirrorPercentage: { value: percentage } }]
}

type MadeRoutes = Pick<TrafficIntent, 'headerRoutes' | 'mirrorRoutes' | 'managedRoutes' | 'sessionCookie'>

/**
 * The routes for the header and mirror routes of an intent, the first with the highest priority: for each of the weighted
 * routes `split` one with its timeouts, rewrites and the like, narrowed to the requests that the step wants. A header route
 * leads to the canary alone; a mirror route splits like the one it was made of, and copies to the canary.
 */
export const managedHttpRoutes = (
  { headerRoutes, mirrorRoutes, managedRoutes, sessionCookie }: MadeRoutes,
  split: readonly Route[],
  roles: DestinationRoles,
): readonly Route[] => {
  const made = [
    ...headerRoutes.map((one) => ({ name: one.name, routes: split.flatMap((base) => headerRoute(base, one, roles)) })),
    ...mirrorRoutes.map((one) => ({
      name: one.name,
      routes: split.flatMap((base) => mirrorRoute(base, one, roles, sessionCookie)),
    })),
  ]
  return inManagedOrder(made, { managedRoutes }).flatMap(({ routes }) => routes)
}
