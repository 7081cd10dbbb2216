import { type FieldError, invalid } from '../../api/field-error.ts'
import type { Rollout } from '../../api/rollout.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { type ManagedRoutes, routesAfter } from '../route-steps.ts'
import type { TrafficIntent } from '../router.ts'
import { sessionCookieFor } from '../session-cookie.ts'
import { desiredRules } from './desired-route.ts'
import { limitFault } from './limits.ts'
import { claimsOf } from './managed-rules.ts'
import type { Route, ServicePair } from './rules.ts'
import type { NamedRoute } from './spec.ts'

interface Moment {
  /** The part of the spec that asks for what is in force then. */
  readonly field: string
  readonly routes: ManagedRoutes
}

/** What a release adds to a route from its beginning on, and with each step that makes one; nothing where it adds nothing. */
const momentsOf = (rollout: DeepReadonly<Rollout>, names: readonly string[]): readonly Moment[] => {
  const { steps = [], trafficRouting } = rollout.spec.strategy?.canary ?? {}
  const at = 'spec.strategy.canary'
  const first = { field: `${at}.trafficRouting.sessionAffinity`, routes: routesAfter([], names) }
  const later = steps.flatMap(({ setHeaderRoute, setMirrorRoute }, index): readonly Moment[] => {
    if (setHeaderRoute === undefined && setMirrorRoute === undefined) return []
    const kind = setHeaderRoute === undefined ? 'setMirrorRoute' : 'setHeaderRoute'
    return [{ field: `${at}.steps[${index}].${kind}`, routes: routesAfter(steps.slice(0, index + 1), names) }]
  })
  return [...(trafficRouting?.sessionAffinity === undefined ? [] : [first]), ...later]
}

/**
 * The first moment of a release at which a route would have more rules or matches than the API server takes: known before
 * anything is released, instead of in the middle of it.
 */
export const sizeErrors = (
  named: NamedRoute,
  route: Route,
  { canary, stable, namespace }: ServicePair,
  rollout: DeepReadonly<Rollout>,
): readonly FieldError[] => {
  const { managedRoutes = [], sessionAffinity } = rollout.spec.strategy?.canary?.trafficRouting ?? {}
  const names = managedRoutes.map(({ name }) => name)
  const intent: Omit<TrafficIntent, keyof ManagedRoutes> = {
    canary: { serviceName: canary, podTemplateHash: '', weight: 0 },
    stable: { serviceName: stable, podTemplateHash: '', weight: 100 },
    additional: [],
    maxWeight: 100,
    managedRoutes: names,
    ...(sessionAffinity !== undefined && { sessionCookie: sessionCookieFor(sessionAffinity, '') }),
  }
  const claims = claimsOf(names, route, rollout)
  for (const { field, routes } of momentsOf(rollout, names)) {
    const { rules } = desiredRules(named, route, { canary, stable, namespace }, { ...intent, ...routes }, claims)
    const fault = limitFault(rules)
    if (fault === undefined) continue
    const detail = `${route.kind} "${named.name}" would have ${fault}: let fewer of its rules split, or ask for less`
    return [invalid(field, named.name, detail)]
  }
  return []
}
