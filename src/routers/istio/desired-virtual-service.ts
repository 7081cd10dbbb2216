import type { IstioConnectionRoute, IstioHttpRoute } from '../../api/kubernetes/istio.ts'
import type { Rollout } from '../../api/rollout.ts'
import type { StoredObject } from '../../kube/informer.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { equalJson, listOr, objectOr, stringOr } from '../../lib/json-value.ts'
import { type ManagedParts, managedPartsOf } from '../managed-parts.ts'
import type { KnownObjects, TrafficIntent } from '../router.ts'
import { ownCookieNames } from '../session-cookie.ts'
import { type DestinationRole, type DestinationRoles, roleOf, weightedDestinations } from './destinations.ts'
import { managedHttpRoutes } from './managed-http-routes.ts'
import {
  type Claims,
  findHttpRoutes,
  findTcpRoutes,
  findTlsRoutes,
  type Lookup,
  ownHttpRoutes,
  readable,
  routesOf,
  type VirtualServiceRoutes,
} from './route-lookup.ts'
import { sessionRoute, withSessionCookie } from './session-routes.ts'
import type { NamedVirtualService } from './spec.ts'

type HttpRoute = DeepReadonly<IstioHttpRoute>
type ConnectionRoute = DeepReadonly<IstioConnectionRoute>

/** A VirtualService that the spec names, and what is known of it; without an object where it is missing. */
export interface FoundVirtualService {
  readonly named: NamedVirtualService
  readonly object: DeepReadonly<StoredObject> | undefined
  readonly routes: VirtualServiceRoutes
  /** By what the Rollout knows its own parts of it. */
  readonly claims: Claims
}

/** Names of the routes that steps may make, and of those that they might before the spec changed: these are still to go. */
const managedNames = ({ spec, status }: DeepReadonly<Pick<Rollout, 'spec' | 'status'>>): readonly string[] => {
  const routings = [spec.strategy?.canary?.trafficRouting, status?.routing?.trafficRouting]
  return routings.flatMap((routing) =>
    listOr(routing?.managedRoutes).flatMap((one) => stringOr(objectOr(one).name) ?? []),
  )
}

/** Looks up a VirtualService. */
export const findVirtualService = (
  named: NamedVirtualService,
  rollout: DeepReadonly<Pick<Rollout, 'metadata' | 'spec' | 'status'>>,
  known: KnownObjects,
): FoundVirtualService => {
  const object = known.get(named.ref)
  const names = managedNames(rollout)
  const recorded = object === undefined ? {} : managedPartsOf(object, rollout)
  return {
    named,
    object,
    routes: routesOf(object ?? {}),
    claims: { names, cookies: ownCookieNames(rollout, recorded) },
  }
}

/** What is recorded with a VirtualService for an intent. */
export const partsFor = ({ routes }: FoundVirtualService, { sessionCookie }: TrafficIntent): ManagedParts =>
  sessionCookie === undefined || typeof routes.http === 'string' ? {} : { cookie: sessionCookie.name }

/** What is to change in the spec of a VirtualService: whole lists of routes, since merge patches replace lists. */
export interface RoutesChange {
  readonly http?: readonly HttpRoute[]
  readonly tls?: readonly ConnectionRoute[]
  readonly tcp?: readonly ConnectionRoute[]
}

const foundIn = <Route>(lookup: Lookup<Route>): readonly Route[] => ('routes' in lookup ? lookup.routes : [])

type Reweight = <Route extends ConnectionRoute>(route: Route) => Route

const reweighting =
  (roles: DestinationRoles, intent: TrafficIntent, namespace: string): Reweight =>
  (route) => ({ ...route, route: weightedDestinations(route.route ?? [], roles, intent, namespace) })

const desiredHttp = (
  { named, routes, claims }: FoundVirtualService,
  roles: DestinationRoles,
  intent: TrafficIntent,
  reweight: Reweight,
): readonly HttpRoute[] => {
  const { sessionCookie, managedRoutes: names } = intent
  const own = ownHttpRoutes(readable(routes.http), named, { ...claims, names })
  const splitting = (route: HttpRoute): HttpRoute =>
    sessionCookie === undefined ? reweight(route) : withSessionCookie(reweight(route), sessionCookie, roles)
  const weighted = new Map(foundIn(findHttpRoutes(own, named)).map((route) => [route, splitting(route)] as const))
  // Right before the first route that they narrow: what goes elsewhere before it goes there still.
  const first = own.find((route) => weighted.has(route))
  return own.flatMap((route) => {
    const split = weighted.get(route)
    if (split === undefined) return [route]
    const made = route === first ? managedHttpRoutes(intent, [...weighted.values()], roles) : []
    return [...made, ...(sessionCookie === undefined ? [] : sessionRoute(split, sessionCookie, roles)), split]
  })
}

const desiredConnections = (
  present: readonly ConnectionRoute[],
  lookup: Lookup<ConnectionRoute>,
  reweight: Reweight,
): readonly ConnectionRoute[] => {
  const weighted = foundIn(lookup)
  return present.map((route) => (weighted.includes(route) ? reweight(route) : route))
}

/**
 * What an intent changes in a VirtualService: the weights of the routes that the spec means, in HTTP, TLS and TCP alike, and
 * the routes of steps before them. Nothing where all is as intended.
 */
export const changeOf = (found: FoundVirtualService, roles: DestinationRoles, intent: TrafficIntent): RoutesChange => {
  const { named, routes } = found
  const reweight = reweighting(roles, intent, named.ref.namespace)
  const [http, tls, tcp] = [readable(routes.http), readable(routes.tls), readable(routes.tcp)]
  const desired = {
    http: desiredHttp(found, roles, intent, reweight),
    tls: desiredConnections(tls, findTlsRoutes(tls, named), reweight),
    tcp: desiredConnections(tcp, findTcpRoutes(tcp, named), reweight),
  }
  return {
    ...(!equalJson(desired.http, http) && { http: desired.http }),
    ...(!equalJson(desired.tls, tls) && { tls: desired.tls }),
    ...(!equalJson(desired.tcp, tcp) && { tcp: desired.tcp }),
  }
}

/** Whether some route of a VirtualService sends, or copies, requests to the destination with this role. */
export const isUsed = ({ routes }: FoundVirtualService, role: DestinationRole, roles: DestinationRoles): boolean => {
  const http = readable(routes.http)
  const weighted = [...http, ...readable(routes.tls), ...readable(routes.tcp)].flatMap(({ route = [] }) =>
    // Istio sends everything to a destination that stands alone, whatever its weight.
    route.filter(({ weight = 0 }) => weight > 0 || route.length === 1),
  )
  const copied = http.flatMap(({ mirror }) => (mirror === undefined ? [] : [{ destination: mirror }]))
  return [...weighted, ...copied].some((one) => roleOf(one, roles) === role)
}
