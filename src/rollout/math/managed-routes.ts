import { type ManagedRoutes, routesAfter } from '../../routers/route-steps.ts'
import { canaryOf, type Release, stepIndexOf, stepsOf } from './release.ts'

/** No routes at all. */
export const noRoutes: ManagedRoutes = { headerRoutes: [], mirrorRoutes: [] }

/** Names of the routes that steps may make, the first with the highest priority. */
export const managedRouteNames = (release: Release): readonly string[] =>
  (canaryOf(release).trafficRouting?.managedRoutes ?? []).map(({ name }) => name)

/**
 * The routes by the steps up to and including the current one: made by a setHeaderRoute or setMirrorRoute that asks for
 * something, removed by one of that name that does not. They follow from the spec and the index of the step alone, so that
 * a restart of the controller, a pause or a write of somebody else changes nothing about them.
 */
export const routesBySteps = (release: Release): ManagedRoutes =>
  routesAfter(stepsOf(release).slice(0, (stepIndexOf(release) ?? -1) + 1), managedRouteNames(release))
