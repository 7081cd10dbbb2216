import type { Rollout } from '../api/rollout.ts'
import type { RoutingInForce } from '../api/rollout-status.ts'
import { serviceRolesOf } from '../api/service-roles.ts'
import { trafficRouting } from '../api/traffic-routing.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { equalJson } from '../lib/json-value.ts'
import { routersOf } from '../routers/registry.ts'
import type { BoundRouter, TrafficIntent } from '../routers/router.ts'
import type { RouterVersions } from '../routers/router-versions.ts'
import type { ToldRouters } from './left-over-parts.ts'
import { managedRouteNames } from './math/managed-routes.ts'
import type { Release } from './math/release.ts'

/** The routers of an earlier spec that are to be given back. */
export interface FormerRouting {
  readonly routers: readonly BoundRouter[]
  /** Everything to stable, and no route of a step. */
  readonly intent: TrafficIntent
  /** Whether objects that the spec still names are among them, since it names other Services than before. */
  readonly includesPresent: boolean
  /** The routers of the present spec, which know nothing of the former one, with the same intent for them. */
  readonly successors: ToldRouters
}

/** What the status remembers of the routers that a release serves; `undefined` for one without. */
export const routingInForce = ({ spec, status }: Release): DeepReadonly<RoutingInForce> | undefined => {
  const routing = spec.strategy?.canary?.trafficRouting
  if (routing === undefined) return undefined
  const { canary, stable } = serviceRolesOf({ spec, status })
  return {
    ...(canary && { canaryService: canary }),
    ...(stable && { stableService: stable }),
    // Parsed from JSON, and nothing else is in it.
    trafficRouting: routing as DeepReadonly<RoutingInForce['trafficRouting']>,
  }
}

const hasOtherServices = (a: DeepReadonly<RoutingInForce>, b: DeepReadonly<RoutingInForce> | undefined): boolean => {
  const names = (of: DeepReadonly<RoutingInForce>): readonly string[] =>
    [of.canaryService ?? '', of.stableService ?? ''].sort()
  return b !== undefined && !equalJson(names(a), names(b))
}

/**
 * The routers that the status remembers and the spec does not name any more, or not in the same way; `undefined` when
 * nothing has changed. They are bound to the spec of that time.
 */
export const formerRoutingOf = (
  rollout: DeepReadonly<Rollout>,
  versions?: RouterVersions,
): FormerRouting | undefined => {
  const { spec, status = {} } = rollout
  const former = status.routing
  const present = routingInForce({ spec, status })
  if (former === undefined || equalJson(former, present)) return undefined
  const parsed = trafficRouting.safeParse(former.trafficRouting)
  if (!parsed.success) return undefined
  const { canaryService = '', stableService = '' } = former
  const canary = { canaryService, stableService, trafficRouting: parsed.data }
  const maxWeight = parsed.data.maxTrafficWeight ?? 100
  const intent: TrafficIntent = {
    canary: { serviceName: canaryService, podTemplateHash: '', weight: 0 },
    stable: { serviceName: stableService, podTemplateHash: status.stableRS ?? '', weight: maxWeight },
    additional: [],
    maxWeight,
    headerRoutes: [],
    mirrorRoutes: [],
    managedRoutes: (parsed.data.managedRoutes ?? []).map(({ name }) => name),
  }
  const { routing: _, ...forgetful } = status
  return {
    routers: routersOf({ ...rollout, spec: { strategy: { canary } } }, versions),
    intent,
    includesPresent: hasOtherServices(former, present),
    successors: {
      routers: routersOf({ ...rollout, status: forgetful }, versions),
      intent: { ...intent, managedRoutes: managedRouteNames({ spec, status }) },
    },
  }
}
