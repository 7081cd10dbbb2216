import { type FieldError, invalid } from '../../api/field-error.ts'
import { matchesSelector } from '../../api/kubernetes/selector.ts'
import { grpcRoutes, httpRoutes } from '../../api/resources.ts'
import type { Rollout } from '../../api/rollout.ts'
import type { DeepReadonly, JsonObject } from '../../lib/json.ts'
import type { KnownObjects, ObjectRef, ObjectWrite, Router, TrafficIntent, Verification } from '../router.ts'
import { findRule, hasBoth, managedRules, type Route, type ServicePair, weightedRules } from './rules.ts'
import type { GatewayRoutes, NamedRoute } from './spec.ts'
import { verifyRoute } from './verification.ts'

const pairOf = (rollout: DeepReadonly<Rollout>): ServicePair => ({
  canary: rollout.spec.strategy?.canary?.canaryService ?? '',
  stable: rollout.spec.strategy?.canary?.stableService ?? '',
  namespace: rollout.metadata.namespace ?? '',
})

const namespaceOf = (spec: GatewayRoutes, rollout: DeepReadonly<Rollout>): string =>
  spec.namespace ?? rollout.metadata.namespace ?? ''

const routesOf = (spec: GatewayRoutes, rollout: DeepReadonly<Rollout>, known: KnownObjects): readonly NamedRoute[] => [
  ...spec.routes,
  ...spec.selectors.flatMap(({ resource, selector, field }) =>
    known
      .list(resource, namespaceOf(spec, rollout))
      .filter((route) => matchesSelector(selector, (route as unknown as Route).metadata.labels))
      .map((route) => ({ resource, name: route.metadata.name, field })),
  ),
]

const refOf = (route: NamedRoute, spec: GatewayRoutes, rollout: DeepReadonly<Rollout>): ObjectRef => ({
  resource: route.resource,
  namespace: namespaceOf(spec, rollout),
  name: route.name,
})

// The API server checked the shape against the product's own CRD; the fields we read are optional in our type.
const routeIn = (known: KnownObjects, ref: ObjectRef): Route | undefined =>
  known.get(ref) as unknown as Route | undefined

const faultsOfRules = (named: NamedRoute, route: Route, pair: ServicePair): readonly FieldError[] => {
  const services = `stable Service "${pair.stable}" and canary Service "${pair.canary}"`
  if (named.rules === undefined) {
    return managedRules(route, undefined, pair).length > 0
      ? []
      : [
          invalid(
            named.field,
            named.name,
            `no rule of ${route.kind} "${named.name}" has both the ${services} as backends`,
          ),
        ]
  }
  return named.rules.flatMap((wanted, index) => {
    const rule = findRule(route, wanted)
    const field = `${named.field}.rules[${index}]`
    if (rule === undefined) return [invalid(field, wanted, `${route.kind} "${named.name}" has no such rule`)]
    if (hasBoth(rule, route, pair)) return []
    return [invalid(field, wanted, `this rule of ${route.kind} "${named.name}" lacks the ${services} as backends`)]
  })
}

const labelPatch = (spec: GatewayRoutes, route: Route, intent: TrafficIntent): JsonObject | undefined => {
  if (spec.inProgress === undefined) return undefined
  const { key, value } = spec.inProgress
  const wanted = intent.canary.weight > 0 ? value : null
  return (route.metadata.labels?.[key] ?? null) === wanted ? undefined : { [key]: wanted }
}

const writeOf = (
  named: NamedRoute,
  spec: GatewayRoutes,
  rollout: DeepReadonly<Rollout>,
  intent: TrafficIntent,
  known: KnownObjects,
): ObjectWrite[] => {
  const ref = refOf(named, spec, rollout)
  const route = routeIn(known, ref)
  if (route === undefined) return []
  const rules = weightedRules(route, named.rules, pairOf(rollout), intent)
  const labels = labelPatch(spec, route, intent)
  if (rules === route.spec.rules && labels === undefined) return []
  const metadata = { resourceVersion: route.metadata.resourceVersion, ...(labels === undefined ? {} : { labels }) }
  return [
    {
      type: 'patch',
      ref,
      patch: { metadata, ...(rules === route.spec.rules ? {} : { spec: { rules } }) } as unknown as JsonObject,
      why: `${intent.canary.weight} of ${intent.maxWeight} to ${intent.canary.serviceName}`,
    },
  ]
}

const verifyNamed = (
  named: NamedRoute,
  spec: GatewayRoutes,
  rollout: DeepReadonly<Rollout>,
  intent: TrafficIntent,
  known: KnownObjects,
): Verification => {
  const route = routeIn(known, refOf(named, spec, rollout))
  if (route === undefined) return { state: 'pending', why: `${named.resource.kind} ${named.name} is not there` }
  if (weightedRules(route, named.rules, pairOf(rollout), intent) !== route.spec.rules) {
    return { state: 'pending', why: `${named.resource.kind} ${named.name} does not have the weights yet` }
  }
  return verifyRoute(route)
}

/**
 * Sets the weights of the backendRefs that name the two Services, in HTTPRoutes and GRPCRoutes. Nothing else in a route
 * is touched: other rules, backends, filters and matches stay as their owner wrote them.
 */
export const gatewayApiRouter: Router<GatewayRoutes> = {
  name: 'gatewayAPI',
  abilities: ['ping-pong', 'weights-beyond-100'],
  resources: [httpRoutes, grpcRoutes],
  refs: (spec, rollout, known) => routesOf(spec, rollout, known).map((route) => refOf(route, spec, rollout)),
  validate: (spec, rollout, known) =>
    routesOf(spec, rollout, known).flatMap((named) => {
      const route = routeIn(known, refOf(named, spec, rollout))
      return route === undefined
        ? [invalid(named.field, named.name, `${named.resource.kind} "${named.name}" not found`)]
        : faultsOfRules(named, route, pairOf(rollout))
    }),
  desire: (intent, spec, rollout, known) =>
    routesOf(spec, rollout, known).flatMap((named) => writeOf(named, spec, rollout, intent, known)),
  verify: (intent, spec, rollout, known) => {
    const results = routesOf(spec, rollout, known).map((named) => verifyNamed(named, spec, rollout, intent, known))
    return (
      results.find((result) => result.state === 'pending') ??
      results.find((result) => result.state === 'verified') ?? { state: 'not-verifiable' }
    )
  },
}
