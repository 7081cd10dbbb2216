import * as z from 'zod'
import {
  type IstioConnectionRoute,
  type IstioHttpRoute,
  istioConnectionRoute,
  istioHttpRoute,
} from '../../api/kubernetes/istio.ts'
import type { DeepReadonly, JsonObject } from '../../lib/json.ts'
import { objectOr } from '../../lib/json-value.ts'
import { isForSession, withoutSessionCookie } from './session-routes.ts'
import type { NamedVirtualService } from './spec.ts'

type HttpRoute = DeepReadonly<IstioHttpRoute>
type ConnectionRoute = DeepReadonly<IstioConnectionRoute>

/** A list of routes as an object has it: absent, of another shape than Istio's, or readable. */
export type RouteList<Route> = readonly Route[] | 'absent' | 'unreadable'

/** The routes of a VirtualService. */
export interface VirtualServiceRoutes {
  readonly http: RouteList<HttpRoute>
  readonly tls: RouteList<ConnectionRoute>
  readonly tcp: RouteList<ConnectionRoute>
}

const readList = <Route>(list: unknown, schema: z.ZodType<Route>): RouteList<Route> => {
  if (!Array.isArray(list)) return 'absent'
  const parsed = z.array(schema).safeParse(list)
  return parsed.success ? parsed.data : 'unreadable'
}

/** Reads the routes of a VirtualService as the API server has it. */
export const routesOf = (virtualService: DeepReadonly<JsonObject>): VirtualServiceRoutes => {
  const { http, tls, tcp } = objectOr(virtualService.spec)
  return {
    http: readList(http, istioHttpRoute),
    tls: readList(tls, istioConnectionRoute),
    tcp: readList(tcp, istioConnectionRoute),
  }
}

/** The routes that can be read; none where there are none. */
export const readable = <Route>(routes: RouteList<Route>): readonly Route[] =>
  typeof routes === 'string' ? [] : routes

/** By what a Rollout knows its own HTTP routes. */
export interface Claims {
  /** Names of its managed routes. */
  readonly names: readonly string[]
  /** Names of its session cookies. */
  readonly cookies: readonly string[]
}

/**
 * The HTTP routes without those that releases of the Rollout have made, and without the cookies that they have the others set.
 * A route that the spec itself names is none of these.
 */
export const ownHttpRoutes = (
  routes: readonly HttpRoute[],
  { routes: weighted }: NamedVirtualService,
  { names, cookies }: Claims,
): readonly HttpRoute[] =>
  routes
    .filter((route) => {
      const { name = '' } = route
      return weighted.includes(name) || !(names.includes(name) || isForSession(route, cookies))
    })
    .map((route) => withoutSessionCookie(route, cookies))

/** What a lookup came to: the routes, or why there are none, in the words of the published controller. */
export type Lookup<Route> = { readonly routes: readonly Route[] } | { readonly fault: string }

const mustBeOne = (list: string, names: string): string =>
  `spec.${list}[] should be set in VirtualService and it must have exactly one route when omitting ` +
  `spec.strategy.canary.trafficRouting.istio.virtualService.${names}`

/** The HTTP routes to weight, among those that are not made by steps: the named ones, else the only one there is. */
export const findHttpRoutes = (
  own: readonly HttpRoute[],
  { routes: names }: NamedVirtualService,
): Lookup<HttpRoute> => {
  if (names.length === 0) return own.length === 1 ? { routes: own } : { fault: mustBeOne('http', 'routes') }
  const found = names.map((name) => own.find((route) => route.name === name))
  const missing = names.find((_name, index) => found[index] === undefined)
  return missing === undefined
    ? { routes: found.filter((route) => route !== undefined) }
    : { fault: `HTTP Route '${missing}' is not found in the defined Virtual Service.` }
}

/** The one port that all matches of a route ask for; 0 where none does, and nothing where they differ. */
const portOf = ({ match = [] }: ConnectionRoute): number | undefined => {
  const ports = new Set(match.map(({ port = 0 }) => port))
  return ports.size > 1 ? undefined : ([...ports][0] ?? 0)
}

const isSameSet = (a: readonly string[], b: readonly string[]): boolean =>
  a.every((one) => b.includes(one)) && b.every((one) => a.includes(one))

interface Wanted {
  readonly port?: number | undefined
  readonly sniHosts?: readonly string[] | undefined
}

const findConnectionRoutes = (
  routes: readonly ConnectionRoute[],
  wanted: readonly Wanted[],
  matches: (route: ConnectionRoute, wanted: Wanted) => boolean,
  faults: { readonly none: string; readonly several: string },
): Lookup<ConnectionRoute> => {
  if (wanted.length === 0) return routes.length === 1 ? { routes } : { fault: faults.several }
  const found = wanted.map((one) => routes.filter((route) => matches(route, one)))
  return found.some(({ length }) => length === 0) ? { fault: faults.none } : { routes: [...new Set(found.flat())] }
}

/** The TLS routes to weight: those with the port and the whole set of SNI hosts, else the only one there is. */
export const findTlsRoutes = (
  routes: readonly ConnectionRoute[],
  { tlsRoutes }: NamedVirtualService,
): Lookup<ConnectionRoute> => {
  const sniHostsOf = ({ match = [] }: ConnectionRoute) => match.flatMap(({ sniHosts = [] }) => sniHosts)
  return findConnectionRoutes(
    routes,
    tlsRoutes,
    (route, { port = 0, sniHosts = [] }) => portOf(route) === port && isSameSet(sniHostsOf(route), sniHosts),
    { none: 'No matching TLS routes found in the defined Virtual Service.', several: mustBeOne('tls', 'tlsRoutes') },
  )
}

/** The TCP routes to weight: those with the port, else the only one there is. */
export const findTcpRoutes = (
  routes: readonly ConnectionRoute[],
  { tcpRoutes }: NamedVirtualService,
): Lookup<ConnectionRoute> =>
  findConnectionRoutes(routes, tcpRoutes, (route, { port = 0 }) => portOf(route) === port, {
    none: 'No matching TCP routes found in the defined Virtual Service.',
    several: mustBeOne('tcp', 'tcpRoutes'),
  })
