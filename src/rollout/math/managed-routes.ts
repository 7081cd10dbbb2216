import { makesHeaderRoute, type SetHeaderRoute, type SetMirrorRoute } from '../../api/steps.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { headerRouteOf } from '../../routers/route-steps.ts'
import type { TrafficIntent } from '../../routers/router.ts'
import { canaryOf, type Release, stepIndexOf, stepsOf } from './release.ts'

/** The routes that steps have made, in order of priority. */
export type ManagedRoutes = Pick<TrafficIntent, 'headerRoutes' | 'mirrorRoutes'>

/** No routes at all. */
export const noRoutes: ManagedRoutes = { headerRoutes: [], mirrorRoutes: [] }

/** Names of the routes that steps may make, the first with the highest priority. */
export const managedRouteNames = (release: Release): readonly string[] =>
  (canaryOf(release).trafficRouting?.managedRoutes ?? []).map(({ name }) => name)

type Made =
  | { readonly kind: 'header'; readonly route: DeepReadonly<SetHeaderRoute> }
  | { readonly kind: 'mirror'; readonly route: DeepReadonly<SetMirrorRoute> }

const madeUntilNow = (release: Release): ReadonlyMap<string, Made> => {
  const made = new Map<string, Made>()
  const note = (name: string, hasMatch: boolean, entry: Made): void => {
    if (hasMatch) made.set(name, entry)
    else made.delete(name)
  }
  for (const { setHeaderRoute, setMirrorRoute } of stepsOf(release).slice(0, (stepIndexOf(release) ?? -1) + 1)) {
    if (setHeaderRoute !== undefined) {
      note(setHeaderRoute.name ?? '', makesHeaderRoute(setHeaderRoute), { kind: 'header', route: setHeaderRoute })
    }
    if (setMirrorRoute !== undefined) {
      const hasMatch = (setMirrorRoute.match ?? []).length > 0
      note(setMirrorRoute.name, hasMatch, { kind: 'mirror', route: setMirrorRoute })
    }
  }
  return made
}

/**
 * The routes by the steps up to and including the current one: made by a setHeaderRoute or setMirrorRoute that asks for
 * something, removed by one of that name that does not. They follow from the spec and the index of the step alone, so that a restart of the
 * controller, a pause or a write of somebody else changes nothing about them.
 */
export const routesBySteps = (release: Release): ManagedRoutes => {
  const made = madeUntilNow(release)
  const names = [...new Set([...managedRouteNames(release), ...made.keys()])]
  const inOrder = names.flatMap((name) => {
    const entry = made.get(name)
    return entry === undefined ? [] : [{ name, ...entry }]
  })
  return {
    headerRoutes: inOrder.flatMap(({ kind, route }) => (kind === 'header' ? [headerRouteOf(route)] : [])),
    mirrorRoutes: inOrder.flatMap(({ name, kind, route }) =>
      kind === 'mirror' ? [{ name, match: route.match ?? [], percentage: route.percentage ?? 100 }] : [],
    ),
  }
}
