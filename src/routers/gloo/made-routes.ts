import type { GlooRoute } from '../../api/kubernetes/route-table.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { fingerprintOf } from '../managed-parts.ts'
import { inManagedOrder } from '../managed-routes.ts'
import type { TrafficIntent } from '../router.ts'
import { destinationsOf } from './destinations.ts'
import { headerRoute } from './header-routes.ts'
import { mirrorRoute, upstreamOf } from './mirror-routes.ts'

type Route = DeepReadonly<GlooRoute>
type Services = { readonly canary: string; readonly stable: string }

/** Whether a route copies requests to one of the two Services, as only one does that a release has made. */
const mirrorsToOwn = (route: Route, { canary, stable }: Services, namespace: string): boolean => {
  const name = route.options?.shadowing?.upstream?.name
  return name !== undefined && [canary, stable].some((service) => upstreamOf(route, service, namespace)?.name === name)
}

/** The routes of which those for steps are made: not one that was made itself, its record being lost. */
export const basesIn = (split: readonly Route[], services: Services, namespace: string): readonly Route[] =>
  split.filter((route) => !mirrorsToOwn(route, services, namespace))

/**
 * The routes for the header and mirror routes of an intent, in the order of managedRoutes: a RouteTable takes the first that
 * matches.
 */
export const madeRoutes = (intent: TrafficIntent, split: readonly Route[], namespace: string): readonly Route[] => {
  const services = { canary: intent.canary.serviceName, stable: intent.stable.serviceName }
  const bases = basesIn(split, services, namespace)
  const made = [
    ...intent.headerRoutes.map((one) => ({
      name: one.name,
      routes: bases.flatMap((base) => headerRoute(base, one, intent, namespace)),
    })),
    ...intent.mirrorRoutes.map((one) => ({
      name: one.name,
      routes: bases.flatMap((base) => mirrorRoute(base, one, intent, namespace)),
    })),
  ]
  return inManagedOrder(made, intent).flatMap(({ routes }) => routes)
}

/** Tells a route from others by what it matches, where to, and where it copies to; weights and shares aside. */
export const fingerprint = (route: Route): string => {
  const upstream = route.options?.shadowing?.upstream
  return fingerprintOf({
    matchers: route.matchers ?? [],
    single: route.routeAction?.single ?? null,
    destinations: destinationsOf(route).map(({ destination = {} }) => destination),
    // Absent rather than empty, so that routes that copy nothing are known as they were recorded before.
    ...(upstream !== undefined && { upstream }),
  })
}
