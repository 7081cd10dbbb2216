import { type FieldError, invalid } from '../../api/field-error.ts'
import type { GlooRoute, RouteTable } from '../../api/kubernetes/route-table.ts'
import { routeTables } from '../../api/resources.ts'
import type { GlooRouting } from '../../api/routers/gloo.ts'
import { serviceRolesOf } from '../../api/service-roles.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { withManagedRoutes } from '../managed-routes.ts'
import { type SplitContext, splitObjectRouter } from '../split-object.ts'
import { hasBothServices, weightedEntries } from '../weighted-entries.ts'
import { destinationShape, destinationsOf } from './destinations.ts'
import { fingerprint, headerRoutesFor, narrowedMatchers } from './header-routes.ts'

const at = 'spec.strategy.canary.trafficRouting.gloo.routeTables'

type Route = DeepReadonly<GlooRoute>
type Context = SplitContext<DeepReadonly<GlooRouting>, RouteTable>

const withDestinations = (route: Route, destinations: ReturnType<typeof destinationsOf>): Route => ({
  ...route,
  routeAction: { ...route.routeAction, multi: { ...route.routeAction?.multi, destinations } },
})

const stepFaults = (split: readonly Route[], { named: { name }, rollout }: Context): readonly FieldError[] =>
  (rollout.spec.strategy?.canary?.steps ?? []).flatMap(({ setHeaderRoute: header }, index) => {
    const match = header?.match ?? []
    if (match.length === 0 || split.some((route) => narrowedMatchers(route, { match }).length > 0)) return []
    const field = `spec.strategy.canary.steps[${index}].setHeaderRoute`
    const detail = `no route of RouteTable "${name}" has matchers that can be narrowed to these headers`
    return [invalid(field, header?.name ?? '', detail)]
  })

const faultsOf = (context: Context): readonly FieldError[] => {
  const { object, named, rollout } = context
  const roles = serviceRolesOf(rollout)
  const shape = destinationShape(rollout.metadata.namespace ?? '')
  const split = (object.spec.routes ?? []).filter((route) => hasBothServices(destinationsOf(route), shape, roles))
  if (split.length > 0) return stepFaults(split, context)
  const services = `stable Service "${roles.stable}" and canary Service "${roles.canary}"`
  const detail = `no route of RouteTable "${named.name}" has both the ${services} as destinations`
  return [invalid(named.field, named.name, detail)]
}

/**
 * Sets the weights of the destinations in RouteTables of Gloo that are one of the two Services, named by `kube` or by the
 * Upstream that discovery makes of a Service, with destinations for experiments, and adds routes for header routes. All
 * else stays as its owner wrote it.
 */
export const glooRouter = splitObjectRouter<DeepReadonly<GlooRouting>, RouteTable>({
  name: 'gloo',
  // Weights of destinations are relative to each other (Gloo, "MultiDestination"), so any total does.
  abilities: ['header-routes', 'additional-destinations', 'ping-pong', 'weights-beyond-100'],
  resource: routeTables,
  named: (spec) => spec.routeTables.map((name, index) => ({ name, field: `${at}[${index}]` })),
  field: at,
  desired: (intent, { object, rollout }, former) => {
    const namespace = rollout.metadata.namespace ?? ''
    const shape = destinationShape(namespace)
    const roles = { canary: intent.canary.serviceName, stable: intent.stable.serviceName }
    const list = {
      isSplit: (route: Route) => hasBothServices(destinationsOf(route), shape, roles),
      weighted: (route: Route) =>
        withDestinations(route, weightedEntries(destinationsOf(route), shape, intent, former.backends ?? [])),
      made: (split: readonly Route[]) => headerRoutesFor(intent, split, namespace),
      fingerprint,
    }
    const { routes, added } = withManagedRoutes(object.spec.routes ?? [], list, former)
    return {
      spec: { ...(object.spec.routes !== undefined && { routes }) },
      parts: { rules: added, backends: intent.additional.map(({ serviceName }) => serviceName) },
    }
  },
  faults: faultsOf,
})
