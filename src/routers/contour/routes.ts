import type { HttpProxy, HttpProxyRoute, HttpProxyService } from '../../api/kubernetes/http-proxy.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { fingerprintOf, type ManagedParts } from '../managed-parts.ts'
import { type RouteList, withManagedRoutes } from '../managed-routes.ts'
import type { TrafficIntent } from '../router.ts'
import { type EntryShape, hasBothServices, weightedEntries } from '../weighted-entries.ts'
import { narrowedByHeaders, narrowedByMirror } from './conditions.ts'

type Route = DeepReadonly<HttpProxyRoute>
type Service = DeepReadonly<HttpProxyService>
type Roles = { readonly canary: string; readonly stable: string }

/** One that mirrors takes no part in the split, and its weight means something else. */
export const serviceShape: EntryShape<HttpProxyService> = {
  serviceOf: ({ name, mirror }) => (mirror === true ? undefined : name),
  weightOf: ({ weight }) => weight,
  withWeight: (entry, weight) => ({ ...entry, weight }),
  leadingTo: (entry, name) => ({ ...entry, name }),
}

/** Tells a route from others by what it matches and where to, weights aside: routes of Contour have no names. */
const fingerprint = ({ conditions = [], services = [] }: Route): string =>
  fingerprintOf({ conditions, services: services.map(({ name, mirror = false }) => [name, mirror]) })

const mirrorsToPair = ({ services = [] }: Route, { canary, stable }: Roles): boolean =>
  services.some(({ name, mirror }) => mirror === true && (name === canary || name === stable))

/** Whether a release splits a route: it lists both Services, and is not one that a release has made to mirror. */
const isSplit = (route: Route, roles: Roles): boolean =>
  hasBothServices(route.services ?? [], serviceShape, roles) && !mirrorsToPair(route, roles)

/** The routes whose weights are ours. */
export const splitRoutes = ({ spec }: DeepReadonly<HttpProxy>, roles: Roles): readonly Route[] =>
  (spec.routes ?? []).filter((route) => isSplit(route, roles))

const canaryIn = ({ services = [] }: Route, { canary }: TrafficIntent): Service | undefined =>
  services.find((entry) => serviceShape.serviceOf(entry) === canary.serviceName)

const headerRoutes = (base: Route, intent: TrafficIntent, header: TrafficIntent['headerRoutes'][number]): Route[] => {
  const canary = canaryIn(base, intent)
  if (canary === undefined) return []
  const mirrors = (base.services ?? []).filter(({ mirror }) => mirror === true)
  return narrowedByHeaders(base.conditions ?? [], header).map((conditions) => ({
    ...base,
    conditions,
    services: [{ ...canary, weight: 100 }, ...mirrors],
  }))
}

const mirrorRoutes = (base: Route, intent: TrafficIntent, mirror: TrafficIntent['mirrorRoutes'][number]): Route[] => {
  const canary = canaryIn(base, intent)
  // Contour takes a weight of 0 for none, which is all requests.
  if (canary === undefined || mirror.percentage === 0) return []
  return narrowedByMirror(base.conditions ?? [], mirror).map((conditions) => ({
    ...base,
    conditions,
    services: [...(base.services ?? []), { ...canary, mirror: true, weight: mirror.percentage }],
  }))
}

/**
 * The routes for the header and mirror routes of an intent, each made of one of the split routes with all its settings and
 * narrowed to what is asked for. Their order is that of managedRoutes, although Contour itself prefers the longer
 * path, then the route with more conditions.
 */
const managedRoutesFor = (intent: TrafficIntent, split: readonly Route[]): readonly Route[] => {
  const made = [
    ...intent.headerRoutes.map((one) => ({
      name: one.name,
      routes: split.flatMap((base) => headerRoutes(base, intent, one)),
    })),
    ...intent.mirrorRoutes.map((one) => ({
      name: one.name,
      routes: split.flatMap((base) => mirrorRoutes(base, intent, one)),
    })),
  ]
  const priority = ({ name }: { readonly name: string }): number => intent.managedRoutes.indexOf(name)
  return made.sort((a, b) => priority(a) - priority(b)).flatMap(({ routes }) => routes)
}

/** The routes as intended, and what of them was added. */
export const desiredRoutes = (
  { spec }: DeepReadonly<HttpProxy>,
  intent: TrafficIntent,
  former: ManagedParts,
): { readonly routes: readonly Route[]; readonly added: readonly string[] } => {
  const roles = { canary: intent.canary.serviceName, stable: intent.stable.serviceName }
  const list: RouteList<Route> = {
    isSplit: (route) => isSplit(route, roles),
    weighted: (route) => ({
      ...route,
      services: weightedEntries(route.services ?? [], serviceShape, intent, former.backends ?? []),
    }),
    made: (split) => managedRoutesFor(intent, split),
    fingerprint,
  }
  return withManagedRoutes(spec.routes ?? [], list, former)
}
