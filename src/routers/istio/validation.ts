import { type FieldError, invalid } from '../../api/field-error.ts'
import type { IstioConnectionRoute, IstioHttpRoute } from '../../api/kubernetes/istio.ts'
import type { Rollout } from '../../api/rollout.ts'
import type { IstioRouting } from '../../api/routers/istio.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { type RouteStep, routeSteps, routesOfStep } from '../route-steps.ts'
import { managerOf, subsetsOf } from './desired-destination-rule.ts'
import type { FoundVirtualService } from './desired-virtual-service.ts'
import { type DestinationRoles, roleOf } from './destinations.ts'
import { managedHttpRoutes } from './managed-http-routes.ts'
import {
  findHttpRoutes,
  findTcpRoutes,
  findTlsRoutes,
  type Lookup,
  ownHttpRoutes,
  type RouteList,
  readable,
} from './route-lookup.ts'
import { sessionRoute, setsCookiesItself } from './session-routes.ts'
import { destinationRuleRef, type IstioScene, istioField } from './spec.ts'

type Spec = DeepReadonly<IstioRouting>
type Route = Pick<DeepReadonly<IstioConnectionRoute>, 'route'>

/** Whether the spec names VirtualServices by exactly one of its two fields. */
export const choiceErrors = ({ virtualService, virtualServices = [] }: Spec): readonly FieldError[] => {
  if ((virtualService === undefined) !== (virtualServices.length === 0)) return []
  const detail = 'either VirtualService or VirtualServices must be configured'
  return [{ type: 'Internal', field: istioField, badValue: null, detail }]
}

/** What a route lacks, in the words of the published controller. */
const missingDestination = ({ route = [] }: Route, roles: DestinationRoles): string | undefined => {
  const { subsets } = roles
  const has = (role: 'canary' | 'stable') => route.some((one) => roleOf(one, roles) === role)
  if (subsets !== undefined) {
    if (!has('canary')) return `Canary DestinationRule subset '${subsets.canarySubsetName}' not found in route`
    return has('stable') ? undefined : `Stable DestinationRule subset '${subsets.stableSubsetName}' not found in route`
  }
  if (!has('canary')) return `Canary Service '${roles.canary}' not found in route`
  return has('stable') ? undefined : `Stable Service '${roles.stable}' not found in route`
}

const listFault = <R extends Route>(
  protocol: 'HTTP' | 'TLS' | 'TCP',
  list: RouteList<R>,
  find: (routes: readonly R[]) => Lookup<R>,
  roles: DestinationRoles,
): readonly string[] => {
  if (list === 'absent') return []
  if (list === 'unreadable') return [`Unable to get ${protocol} routes for Istio VirtualService`]
  const lookup = find(list)
  const fault =
    'fault' in lookup
      ? lookup.fault
      : lookup.routes.map((route) => missingDestination(route, roles)).find((missing) => missing !== undefined)
  return fault === undefined ? [] : [`Istio VirtualService has invalid ${protocol} routes. Error: ${fault}`]
}

/** Faults of one VirtualService: it is missing, has no routes, or not the ones that the spec means. */
export const virtualServiceErrors = (
  { named, object, routes, claims }: FoundVirtualService,
  roles: DestinationRoles,
): readonly FieldError[] => {
  const { name } = named.ref
  const refuse = (detail: string): FieldError => invalid(named.field, name, detail)
  if (object === undefined) return [refuse(`virtualservices.networking.istio.io "${name}" not found`)]
  const { http, tls, tcp } = routes
  if ([http, tls, tcp].every((list) => list === 'absent')) {
    return [refuse('Unable to get any of the HTTP, TCP or TLS routes for the Istio VirtualService')]
  }
  return [
    ...listFault('HTTP', http, (list) => findHttpRoutes(ownHttpRoutes(list, named, claims), named), roles),
    ...listFault('TLS', tls, (list) => findTlsRoutes(list, named), roles),
    ...listFault('TCP', tcp, (list) => findTcpRoutes(list, named), roles),
  ].map(refuse)
}

/** Faults of the DestinationRule: it is missing, lacks a subset, or works for another Rollout. */
export const destinationRuleErrors = (scene: IstioScene): readonly FieldError[] => {
  const { spec, rollout, known } = scene
  const ref = destinationRuleRef(scene)
  if (ref === undefined || spec.destinationRule === undefined) return []
  const { canarySubsetName: canary, stableSubsetName: stable } = spec.destinationRule
  const at = `${istioField}.destinationRule`
  const rule = known.get(ref)
  if (rule === undefined) {
    return [invalid(`${at}.name`, ref.name, `destinationrules.networking.istio.io "${ref.name}" not found`)]
  }
  if (![undefined, rollout.metadata.name].includes(managerOf(rule))) {
    return [invalid(`${at}.name`, ref.name, `DestinationRule "${ref.name}" is managed by another Rollout`)]
  }
  if (canary === stable) return [invalid(`${at}.canarySubsetName`, canary, 'must differ from stableSubsetName')]
  const names = subsetsOf(rule).map(({ name }) => name)
  const lacks = (field: string, name: string): readonly FieldError[] =>
    names.includes(name) ? [] : [invalid(`${at}.${field}`, name, `DestinationRule "${ref.name}" has no such subset`)]
  return [...lacks('canarySubsetName', canary), ...lacks('stableSubsetName', stable)]
}

/** The HTTP routes of a VirtualService that are weighted, as their owner wrote them. */
const splitRoutes = ({ named, routes, claims }: FoundVirtualService): readonly DeepReadonly<IstioHttpRoute>[] => {
  const lookup = findHttpRoutes(ownHttpRoutes(readable(routes.http), named, claims), named)
  return 'routes' in lookup ? lookup.routes : []
}

/** Whether some weighted HTTP route can be narrowed to what a step asks for. */
const takes = (step: RouteStep, found: FoundVirtualService, roles: DestinationRoles): boolean => {
  const intent = { ...routesOfStep(step), managedRoutes: found.claims.names }
  return managedHttpRoutes(intent, splitRoutes(found), roles).length > 0
}

/** Faults of steps for which no HTTP route of the VirtualServices, which have no other faults, can be narrowed. */
export const stepErrors = (
  found: readonly FoundVirtualService[],
  roles: DestinationRoles,
  rollout: DeepReadonly<Rollout>,
): readonly FieldError[] =>
  routeSteps(rollout).flatMap((step) => {
    const { field, header, mirror } = step
    const percentage = mirror?.percentage ?? 100
    if (percentage < 0 || percentage > 100) {
      return [invalid(`${field}.percentage`, percentage, 'must be between 0 and 100')]
    }
    if (found.some((one) => takes(step, one, roles))) return []
    const detail = 'no HTTP route of the named VirtualServices can match this and what the route matches already'
    return [invalid(field, header?.name ?? mirror?.name ?? '', detail)]
  })

/** Faults of the VirtualServices where users are to be kept with the canary, which takes an HTTP route. */
export const sessionErrors = (
  found: readonly FoundVirtualService[],
  roles: DestinationRoles,
  rollout: DeepReadonly<Rollout>,
): readonly FieldError[] => {
  const affinity = rollout.spec.strategy?.canary?.trafficRouting?.sessionAffinity
  if (affinity === undefined) return []
  const { cookieName: name } = affinity
  const refuse = (detail: string): FieldError =>
    invalid('spec.strategy.canary.trafficRouting.sessionAffinity.cookieName', name, detail)
  const split = found.flatMap((one) => splitRoutes(one).map((route) => ({ route, ...one })))
  if (split.length === 0) {
    return [
      refuse('no HTTP route of the named VirtualServices is weighted: cookies need one, so name one or remove this'),
    ]
  }
  return split.flatMap(({ route, named, claims }) => {
    const what = `VirtualService "${named.ref.name}" has a route`
    const [made] = sessionRoute(route, { name, value: '' }, roles)
    if ((made?.match?.length ?? 0) < Math.max(1, route.match?.length ?? 0)) {
      return [refuse(`${what} that asks for a cookie itself, so that users cannot be told by another one`)]
    }
    return setsCookiesItself(route, claims.cookies, roles)
      ? [refuse(`${what} whose canary destination adds Set-Cookie itself, and Istio takes it once`)]
      : []
  })
}
