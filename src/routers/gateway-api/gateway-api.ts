import { matchesSelector } from '../../api/kubernetes/selector.ts'
import { gatewayClasses, grpcRoutes, httpRoutes, tcpRoutes, tlsRoutes } from '../../api/resources.ts'
import type { Rollout } from '../../api/rollout.ts'
import { type ServiceRoles, serviceRolesOf } from '../../api/service-roles.ts'
import type { DeepReadonly, JsonObject } from '../../lib/json.ts'
import { objectOr } from '../../lib/json-value.ts'
import { routeSteps } from '../route-steps.ts'
import type { KnownObjects, ObjectRef, ObjectWrite, Router, TrafficIntent, Verification } from '../router.ts'
import { changeOf, type RouteChange } from './desired-route.ts'
import { listedClasses, neededFeatures } from './features.ts'
import type { Route, Rule, ServicePair } from './rules.ts'
import type { GatewayRoutes, NamedRoute } from './spec.ts'
import { type FoundRoute, routeErrors } from './validation.ts'
import { verifyRoute } from './verification.ts'

const pairOf = (roles: ServiceRoles, rollout: DeepReadonly<Rollout>): ServicePair => ({
  ...roles,
  namespace: rollout.metadata.namespace ?? '',
})

const pairOfIntent = ({ canary, stable }: TrafficIntent, rollout: DeepReadonly<Rollout>): ServicePair =>
  pairOf({ canary: canary.serviceName, stable: stable.serviceName }, rollout)

const namespaceOf = (spec: GatewayRoutes, rollout: DeepReadonly<Rollout>): string =>
  spec.namespace ?? rollout.metadata.namespace ?? ''

/** A route that is named by its name and in a list, or found by a label too, is one: two would undo each other's rules. */
const withoutDoubles = (routes: readonly NamedRoute[]): readonly NamedRoute[] => {
  const byName = new Map<string, NamedRoute>()
  for (const route of routes) {
    const key = `${route.resource.kind}/${route.name}`
    const first = byName.get(key)
    const rules = first?.rules && route.rules && [...first.rules, ...route.rules]
    const takesManagedRoutes = route.takesManagedRoutes || first?.takesManagedRoutes === true
    byName.set(key, first === undefined ? route : { ...first, rules, takesManagedRoutes })
  }
  return [...byName.values()]
}

const routesOf = (spec: GatewayRoutes, rollout: DeepReadonly<Rollout>, known: KnownObjects): readonly NamedRoute[] =>
  withoutDoubles([
    ...spec.routes,
    ...spec.selectors.flatMap(({ resource, selector, field }) =>
      known
        .list(resource, namespaceOf(spec, rollout))
        .filter((route) => matchesSelector(selector, (route as unknown as Route).metadata.labels))
        .map((route) => ({ resource, name: route.metadata.name, takesManagedRoutes: true, field })),
    ),
  ])

const refOf = (route: NamedRoute, spec: GatewayRoutes, rollout: DeepReadonly<Rollout>): ObjectRef => ({
  resource: route.resource,
  namespace: namespaceOf(spec, rollout),
  name: route.name,
})

const foundRoutes = (spec: GatewayRoutes, rollout: DeepReadonly<Rollout>, known: KnownObjects): readonly FoundRoute[] =>
  routesOf(spec, rollout, known).map((named) => ({
    named,
    // The API server checked the shape against the product's own CRD; the fields we read are optional in our type.
    route: known.get(refOf(named, spec, rollout)) as unknown as Route | undefined,
  }))

/** Whether some step needs what not every controller of the Gateway API has. */
const asksForFeatures = (rollout: DeepReadonly<Rollout>): boolean =>
  routeSteps(rollout).some((step) => neededFeatures(step).length > 0)

const whyOf = ({ canary, additional, headerRoutes, mirrorRoutes, maxWeight }: TrafficIntent): string => {
  const routes = [...headerRoutes, ...mirrorRoutes].map(({ name }) => name)
  const weights = [canary, ...additional].map(
    ({ weight, serviceName }) => `${weight} of ${maxWeight} to ${serviceName}`,
  )
  return [...weights, ...(routes.length > 0 ? [`with the routes ${routes.join(', ')}`] : [])].join(', ')
}

/** Where rules copy a part of their requests only: a Gateway API before 1.3 knows no part, and would have all copied. */
const mirroredShares = (rules: readonly Rule[]): readonly (readonly (string | number)[])[] =>
  rules.flatMap(({ filters = [] }, rule) =>
    filters.flatMap(({ requestMirror }, filter) =>
      objectOr(requestMirror).percent === undefined
        ? []
        : [['spec', 'rules', rule, 'filters', filter, 'requestMirror', 'percent']],
    ),
  )

const writeOf = (ref: ObjectRef, route: Route, change: RouteChange, intent: TrafficIntent): readonly ObjectWrite[] => {
  const { rules, ...metadata } = change
  if (rules === undefined && Object.keys(metadata).length === 0) return []
  const needs = mirroredShares(rules ?? [])
  const patch = {
    metadata: { resourceVersion: route.metadata.resourceVersion, ...metadata },
    ...(rules !== undefined && { spec: { rules } }),
  }
  const write = { type: 'patch', ref, patch: patch as unknown as JsonObject, why: whyOf(intent) } as const
  return [{ ...write, ...(needs.length > 0 && { needs }) }]
}

const verifyNamed = (
  { named, route }: FoundRoute,
  spec: GatewayRoutes,
  rollout: DeepReadonly<Rollout>,
  intent: TrafficIntent,
): Verification => {
  const what = `${named.resource.kind} ${named.name}`
  if (route === undefined) return { state: 'pending', why: `${what} is not there` }
  const { rules } = changeOf(named, spec, route, pairOfIntent(intent, rollout), intent, rollout)
  if (rules !== undefined) return { state: 'pending', why: `${what} does not have the weights yet` }
  return verifyRoute(route)
}

/**
 * Splits traffic by routes of the Gateway API: sets the weights of the backendRefs that name the two Services, and adds
 * rules for header and mirror routes and backends for experiments. Nothing else in a route is touched: other rules, backends,
 * filters and matches stay as their owner wrote them. A route that the Rollout no longer names keeps none of it.
 */
export const gatewayApiRouter: Router<GatewayRoutes> = {
  name: 'gatewayAPI',
  abilities: [
    'header-routes',
    'cookie-routes',
    'query-routes',
    'mirror-routes',
    'session-affinity',
    'additional-destinations',
    'ping-pong',
    'weights-beyond-100',
  ],
  resources: [httpRoutes, grpcRoutes, tcpRoutes, tlsRoutes],
  needs: ({ routes, selectors }) => [...new Set([...routes, ...selectors].map(({ resource }) => resource))],
  consults: (_spec, rollout) => (asksForFeatures(rollout) ? [gatewayClasses] : []),
  refs: (spec, rollout, known) => routesOf(spec, rollout, known).map((route) => refOf(route, spec, rollout)),
  validate: (spec, rollout, known) =>
    routeErrors(
      foundRoutes(spec, rollout, known),
      pairOf(serviceRolesOf(rollout), rollout),
      rollout,
      asksForFeatures(rollout) ? listedClasses(known) : [],
    ),
  desire: (intent, spec, rollout, known) =>
    foundRoutes(spec, rollout, known).flatMap(({ named, route }) => {
      if (route === undefined) return []
      const change = changeOf(named, spec, route, pairOfIntent(intent, rollout), intent, rollout)
      return writeOf(refOf(named, spec, rollout), route, change, intent)
    }),
  verify: (intent, spec, rollout, known) => {
    const results = foundRoutes(spec, rollout, known).map((found) => verifyNamed(found, spec, rollout, intent))
    return (
      results.find((result) => result.state === 'pending') ??
      results.find((result) => result.state === 'verified') ?? { state: 'not-verifiable' }
    )
  },
}
