import { invalid } from '../../api/field-error.ts'
import type { GlooDestination, GlooRoute, RouteTable } from '../../api/kubernetes/route-table.ts'
import { routeTables } from '../../api/resources.ts'
import type { GlooRouting } from '../../api/routers/gloo.ts'
import { serviceRolesOf } from '../../api/service-roles.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { splitObjectRouter } from '../split-object.ts'
import { type EntryShape, hasBothServices, weightedEntries } from '../weighted-entries.ts'

const at = 'spec.strategy.canary.trafficRouting.gloo.routeTables'

/** Gloo's discovery names the Upstream of a Service `<namespace>-<service>-<port>`. */
const discovered = (upstream: string, namespace: string): { service: string; port: string } | undefined => {
  const rest = upstream.startsWith(`${namespace}-`) ? upstream.slice(namespace.length + 1) : ''
  const [, service, port] = /^(.+)-(\d+)$/.exec(rest) ?? []
  return service === undefined || port === undefined ? undefined : { service, port }
}

const shape = (namespace: string): EntryShape<GlooDestination> => ({
  serviceOf: ({ destination: { kube, upstream } = {} }) => {
    if (kube !== undefined) return (kube.ref.namespace ?? namespace) === namespace ? kube.ref.name : undefined
    return upstream && discovered(upstream.name, namespace)?.service
  },
  weightOf: ({ weight }) => weight,
  withWeight: (entry, weight) => ({ ...entry, weight }),
  leadingTo: (entry, name) => {
    const { kube, upstream } = entry.destination ?? {}
    const port = upstream && discovered(upstream.name, namespace)?.port
    return {
      ...entry,
      destination: {
        ...entry.destination,
        ...(kube !== undefined && { kube: { ...kube, ref: { ...kube.ref, name } } }),
        ...(port !== undefined && { upstream: { ...upstream, name: `${namespace}-${name}-${port}` } }),
      },
    }
  },
})

const destinationsOf = ({ routeAction }: DeepReadonly<GlooRoute>): readonly DeepReadonly<GlooDestination>[] =>
  routeAction?.multi?.destinations ?? []

const withDestinations = (
  route: DeepReadonly<GlooRoute>,
  destinations: readonly DeepReadonly<GlooDestination>[],
): DeepReadonly<GlooRoute> => ({
  ...route,
  routeAction: { ...route.routeAction, multi: { ...route.routeAction?.multi, destinations } },
})

/**
 * Sets the weights of the destinations in RouteTables of Gloo that are one of the two Services, named by `kube` or by the
 * Upstream that discovery makes of a Service, with destinations for experiments. All else stays as its owner wrote it.
 */
export const glooRouter = splitObjectRouter<DeepReadonly<GlooRouting>, RouteTable>({
  name: 'gloo',
  // Weights of destinations are relative to each other (Gloo, "MultiDestination"), so any total does.
  abilities: ['additional-destinations', 'ping-pong', 'weights-beyond-100'],
  resource: routeTables,
  named: (spec) => spec.routeTables.map((name, index) => ({ name, field: `${at}[${index}]` })),
  field: at,
  desired: (intent, { object, rollout }, { backends = [] }) => {
    const { routes } = object.spec
    const roles = { canary: intent.canary.serviceName, stable: intent.stable.serviceName }
    const entry = shape(rollout.metadata.namespace ?? '')
    const weighted = routes?.map((route) =>
      hasBothServices(destinationsOf(route), entry, roles)
        ? withDestinations(route, weightedEntries(destinationsOf(route), entry, intent, backends))
        : route,
    )
    return {
      spec: { ...(weighted !== undefined && { routes: weighted }) },
      parts: { backends: intent.additional.map(({ serviceName }) => serviceName) },
    }
  },
  faults: ({ object, named: { name, field }, rollout }) => {
    const roles = serviceRolesOf(rollout)
    const entry = shape(rollout.metadata.namespace ?? '')
    if ((object.spec.routes ?? []).some((route) => hasBothServices(destinationsOf(route), entry, roles))) return []
    const services = `stable Service "${roles.stable}" and canary Service "${roles.canary}"`
    return [invalid(field, name, `no route of RouteTable "${name}" has both the ${services} as destinations`)]
  },
})
