import type { GlooRoute, RouteTable } from '../../api/kubernetes/route-table.ts'
import { routeTables } from '../../api/resources.ts'
import type { GlooRouting } from '../../api/routers/gloo.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { withManagedRoutes } from '../managed-routes.ts'
import { splitObjectRouter } from '../split-object.ts'
import { hasBothServices, weightedEntries } from '../weighted-entries.ts'
import { destinationShape, destinationsOf } from './destinations.ts'
import { fingerprint, madeRoutes } from './made-routes.ts'
import { tableFaults } from './validation.ts'

const at = 'spec.strategy.canary.trafficRouting.gloo.routeTables'

type Route = DeepReadonly<GlooRoute>

const withDestinations = (route: Route, destinations: ReturnType<typeof destinationsOf>): Route => ({
  ...route,
  routeAction: { ...route.routeAction, multi: { ...route.routeAction?.multi, destinations } },
})

/**
 * Sets the weights of the destinations in RouteTables of Gloo that are one of the two Services, named by `kube` or by the
 * Upstream that discovery makes of a Service, with destinations for experiments, and adds routes for header and mirror
 * routes. All else stays as its owner wrote it.
 */
export const glooRouter = splitObjectRouter<DeepReadonly<GlooRouting>, RouteTable>({
  name: 'gloo',
  // Weights of destinations are relative to each other (Gloo, "MultiDestination"), so any total does.
  abilities: ['header-routes', 'mirror-routes', 'additional-destinations', 'ping-pong', 'weights-beyond-100'],
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
      made: (split: readonly Route[]) => madeRoutes(intent, split, namespace),
      fingerprint,
    }
    const { routes, added } = withManagedRoutes(object.spec.routes ?? [], list, former)
    return {
      spec: { ...(object.spec.routes !== undefined && { routes }) },
      parts: { rules: added, backends: intent.additional.map(({ serviceName }) => serviceName) },
    }
  },
  faults: tableFaults,
})
