import type { HttpProxy, HttpProxyRoute, HttpProxyService } from '../../api/kubernetes/http-proxy.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { fingerprintOf, type ManagedParts } from '../managed-parts.ts'
import { inManagedOrder, type RouteList, withManagedRoutes } from '../managed-routes.ts'
import type { TrafficIntent } from '../router.ts'
import { type EntryShape, hasBothServices, weightedEntries } from '../weighted-entries.ts'
import { matchedBy, narrowedByHeaders, narrowedByMirror } from './conditions.ts'

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

/** Whether an entry has the canary, or the stable version while they change roles, get copies of requests. */
const isCopy = ({ name, mirror }: Service, { canary, stable }: Roles): boolean =>
  mirror === true && (name === canary || name === stable)

const withoutCopies = (route: Route, roles: Roles): Route =>
  route.services?.some((entry) => isCopy(entry, roles))
    ? { ...route, services: route.services.filter((entry) => !isCopy(entry, roles)) }
    : route

const hasBoth = ({ services = [] }: Route, roles: Roles): boolean => hasBothServices(services, serviceShape, roles)

/** The routes without what is recorded of a release in them. */
const withoutManaged = (
  { spec }: DeepReadonly<HttpProxy>,
  { rules = [], copied = [] }: ManagedParts,
  roles: Roles,
): readonly Route[] =>
  (spec.routes ?? [])
    .filter((route) => !rules.includes(fingerprint(route)))
    .map((route) => {
      const plain = withoutCopies(route, roles)
      return copied.includes(fingerprint(plain)) ? plain : route
    })

/** The routes of the owner: those whose weights are ours, and the others. */
export const ownRoutes = (
  object: DeepReadonly<HttpProxy>,
  recorded: ManagedParts,
  roles: Roles,
): { readonly split: readonly Route[]; readonly others: readonly Route[] } => {
  const routes = withoutManaged(object, recorded, roles)
  return {
    split: routes.filter((route) => hasBoth(route, roles)).map((route) => withoutCopies(route, roles)),
    others: routes.filter((route) => !hasBoth(route, roles)),
  }
}

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

/** A split route that copies a share of its requests to the canary; Contour takes a weight of 0 for none, which is all requests. */
const copying = (base: Route, intent: TrafficIntent, percentage: number): Route | undefined => {
  const canary = canaryIn(base, intent)
  if (canary === undefined || percentage === 0) return undefined
  return { ...base, services: [...(base.services ?? []), { ...canary, mirror: true, weight: percentage }] }
}

const mirrorRoutes = (base: Route, intent: TrafficIntent, mirror: TrafficIntent['mirrorRoutes'][number]): Route[] => {
  const route = copying(base, intent, mirror.percentage)
  if (route === undefined) return []
  return narrowedByMirror(base.conditions ?? [], mirror).map((conditions) => ({ ...route, conditions }))
}

/**
 * The routes for the header and mirror routes of an intent, each made of one of the split routes with all its settings and
 * narrowed to what is asked for. Their order is that of managedRoutes, although Contour itself prefers the longer
 * path, then the route with more conditions. Of several that match the same there is the first.
 */
const managedRoutesFor = (intent: TrafficIntent, split: readonly Route[], roles: Roles): readonly Route[] => {
  const bases = split.map((route) => withoutCopies(route, roles))
  const made = [
    ...intent.headerRoutes.map((one) => ({
      name: one.name,
      routes: bases.flatMap((base) => headerRoutes(base, intent, one)),
    })),
    ...intent.mirrorRoutes.map((one) => ({
      name: one.name,
      routes: bases.flatMap((base) => mirrorRoutes(base, intent, one)),
    })),
  ]
  const first = new Map<string, Route>()
  for (const route of inManagedOrder(made, intent).flatMap(({ routes }) => routes)) {
    const matched = matchedBy(route.conditions ?? [])
    if (!first.has(matched)) first.set(matched, route)
  }
  return [...first.values()]
}

/** A split route that copies its requests itself, where a mirror route of an intent asks for all of them. */
const copyingWhole = (base: Route, intent: TrafficIntent): Route | undefined => {
  const matched = matchedBy(base.conditions ?? [])
  const whole = inManagedOrder(intent.mirrorRoutes, intent).find((mirror) =>
    narrowedByMirror(base.conditions ?? [], mirror).some((conditions) => matchedBy(conditions) === matched),
  )
  return whole && copying(base, intent, whole.percentage)
}

/** The routes as intended, and what of them was added. */
export const desiredRoutes = (
  object: DeepReadonly<HttpProxy>,
  intent: TrafficIntent,
  former: ManagedParts,
): { readonly routes: readonly Route[]; readonly rules: readonly string[]; readonly copied: readonly string[] } => {
  const roles = { canary: intent.canary.serviceName, stable: intent.stable.serviceName }
  const present = withoutManaged(object, former, roles)
  const split = present.filter((route) => hasBoth(route, roles))
  // Routes of ours whose record somebody has removed.
  const unrecorded = new Set(
    managedRoutesFor(
      intent,
      split.filter((route) => withoutCopies(route, roles) === route),
      roles,
    ).map(fingerprint),
  )
  const own = present.filter((route) => !unrecorded.has(fingerprint(route)))
  const taken = new Set(own.map(({ conditions = [] }) => matchedBy(conditions)))
  const list: RouteList<Route> = {
    isSplit: (route) => hasBoth(route, roles) && !unrecorded.has(fingerprint(route)),
    weighted: (route) => {
      const services = weightedEntries(route.services ?? [], serviceShape, intent, former.backends ?? [])
      const weighted = { ...route, services }
      return copyingWhole(withoutCopies(weighted, roles), intent) ?? weighted
    },
    made: (weighted) =>
      managedRoutesFor(intent, weighted, roles).filter(({ conditions = [] }) => !taken.has(matchedBy(conditions))),
    fingerprint,
  }
  const { routes, added } = withManagedRoutes(present, list, former)
  const copied = routes
    .filter((route) => hasBoth(route, roles) && !added.includes(fingerprint(route)))
    .map((route) => withoutCopies(route, roles))
    .filter((plain) => copyingWhole(plain, intent) !== undefined)
    .map(fingerprint)
  return { routes, rules: added, copied }
}
