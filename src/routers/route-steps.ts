import type { Rollout } from '../api/rollout.ts'
import { makesHeaderRoute, type SetHeaderRoute, type SetMirrorRoute } from '../api/steps.ts'
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
export const routesOfStep = ({ header, mirror }: RouteStep): Pick<TrafficIntent, 'headerRoutes' | 'mirrorRoutes'> => ({
  headerRoutes: header === undefined ? [] : [headerRouteOf(header)],
  mirrorRoutes: mirror === undefined ? [] : [{ name: mirror.name, match: mirror.match ?? [], percentage: 100 }],
})
