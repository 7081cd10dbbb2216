import type { Rollout } from '../../api/rollout.ts'
import { serviceRolesOf } from '../../api/service-roles.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import type { Cluster } from '../world/cluster.ts'
import { type Answer, answerTo, type Request } from './request.ts'
import { type Application, type Traffic, type TrafficObjects, trafficOf } from './traffic.ts'
import { type WeightedObject, weightedKinds } from './weighted-lists.ts'

type Strategy = DeepReadonly<Rollout>['spec']['strategy']

const namedServices = (strategy: Strategy): readonly string[] => {
  const { canary, blueGreen } = strategy ?? {}
  const names = [
    canary?.canaryService,
    canary?.stableService,
    canary?.pingPong?.pingService,
    canary?.pingPong?.pongService,
    blueGreen?.activeService,
    blueGreen?.previewService,
  ]
  return names.filter((name) => name !== undefined)
}

/** The application that a Rollout releases, as the traffic model sees it. */
export const applicationOf = (rollout: DeepReadonly<Rollout>): Application => {
  const { strategy, template } = rollout.spec
  const stable = strategy?.canary === undefined ? undefined : serviceRolesOf(rollout).stable
  return {
    labels: template?.metadata?.labels ?? {},
    mainService: stable || strategy?.blueGreen?.activeService,
    namedServices: namedServices(strategy),
  }
}

/** The objects of a namespace that decide where requests go, as the API server has them now. */
export const trafficObjects = (cluster: Cluster, namespace: string): TrafficObjects => ({
  services: cluster.list('Service', namespace),
  ingresses: cluster.list('Ingress', namespace),
  routes: (['HTTPRoute', 'GRPCRoute', 'TCPRoute', 'TLSRoute'] as const).flatMap((kind) =>
    cluster.list(kind, namespace),
  ),
  weighted: weightedKinds.flatMap((kind): readonly WeightedObject[] =>
    // TrafficRoutes of Kuma have no namespace.
    cluster.list(kind, kind === 'TrafficRoute' ? undefined : namespace),
  ),
  mesh: {
    namespace,
    virtualServices: cluster.list('VirtualService'),
    destinationRules: cluster.list('DestinationRule', namespace),
  },
  pods: cluster.list('Pod', namespace),
})

/** Where the requests of a Rollout's users go now. */
export const trafficOfRollout = (cluster: Cluster, rollout: DeepReadonly<Rollout>): Traffic =>
  trafficOf(applicationOf(rollout), trafficObjects(cluster, rollout.metadata.namespace ?? ''))

/** Where one request of a Rollout's users goes now, by the routes of the Gateway API or of Istio. */
export const answerOfRollout = (
  cluster: Cluster,
  rollout: DeepReadonly<Rollout>,
  request: Request,
): Answer | undefined =>
  answerTo(request, applicationOf(rollout), trafficObjects(cluster, rollout.metadata.namespace ?? ''))
