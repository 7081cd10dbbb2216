import type { Rollout } from '../api/rollout.ts'
import { type CanaryStep, makesHeaderRoute, type SetHeaderRoute, type SetMirrorRoute } from '../api/steps.ts'
import type { DeepReadonly } from '../lib/json.ts'
import type { HeaderRoute, TrafficIntent } from './router.ts'

/** What a setHeaderRoute step asks of a router. */
export const headerRouteOf = ({
  name = '',
  match = [],
  cookie,
  queryParams = [],
}: DeepReadonly<SetHeaderRoute>): HeaderRoute => ({
  name,
  match,
  ...(cookie !== undefined && { cookie }),
  ...(queryParams.length > 0 && { queryParams }),
})

/** A step that makes a route; exactly one of `header` and `mirror` is set. */
export interface RouteStep {
  /** Its path in the spec, down to the kind of step. */
  readonly field: string
  readonly header?: DeepReadonly<SetHeaderRoute> | undefined
  readonly mirror?: DeepReadonly<SetMirrorRoute> | undefined
}

/** The steps of a Rollout that make a route, for routers that cannot make every one. */
export const routeSteps = (rollout: DeepReadonly<Pick<Rollout, 'spec'>>): readonly RouteStep[] =>
  (rollout.spec.strategy?.canary?.steps ?? []).flatMap(({ setHeaderRoute: header, setMirrorRoute: mirror }, index) => {
    const field = `spec.strategy.canary.steps[${index}]`
    return [
      ...(header !== undefined && makesHeaderRoute(header) ? [{ field: `${field}.setHeaderRoute`, header }] : []),
      ...(mirror?.match?.length ? [{ field: `${field}.setMirrorRoute`, mirror }] : []),
    ]
  })

/** The routes of an intent in which a step is the only one that made any. */
export const routesOfStep = ({ header, mirror }: RouteStep): ManagedRoutes => ({
  headerRoutes: header === undefined ? [] : [headerRouteOf(header)],
  mirrorRoutes: mirror === undefined ? [] : [{ name: mirror.name, match: mirror.match ?? [], percentage: 100 }],
})

/** The routes that steps have made, in order of priority. */
export type ManagedRoutes = Pick<TrafficIntent, 'headerRoutes' | 'mirrorRoutes'>

type Made =
  | { readonly kind: 'header'; readonly route: DeepReadonly<SetHeaderRoute> }
  | { readonly kind: 'mirror'; readonly route: DeepReadonly<SetMirrorRoute> }

const madeBy = (steps: readonly DeepReadonly<CanaryStep>[]): ReadonlyMap<string, Made> => {
  const made = new Map<string, Made>()
  const note = (name: string, hasMatch: boolean, entry: Made): void => {
    if (hasMatch) made.set(name, entry)
    else made.delete(name)
  }
  for (const { setHeaderRoute, setMirrorRoute } of steps) {
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
 * The routes after some steps: made by a setHeaderRoute or setMirrorRoute that asks for something, removed by one of that
 * name that does not. `names` are those of the managed routes, the first with the highest priority.
 */
export const routesAfter = (steps: readonly DeepReadonly<CanaryStep>[], names: readonly string[]): ManagedRoutes => {
  const made = madeBy(steps)
  const inOrder = [...new Set([...names, ...made.keys()])].flatMap((name) => {
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
