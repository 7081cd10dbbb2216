import type { Rollout } from '../../api/rollout.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import type { Cluster } from '../world/cluster.ts'
import { type Application, type Traffic, type TrafficObjects, trafficOf } from './traffic.ts'

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
  return {
    labels: template?.metadata?.labels ?? {},
    mainService: strategy?.canary?.stableService ?? strategy?.blueGreen?.activeService,
    namedServices: namedServices(strategy),
  }
}

/** The objects of a namespace that decide where requests go, as the API server has them now. */
export const trafficObjects = (cluster: Cluster, namespace: string): TrafficObjects => ({
  services: cluster.list('Service', namespace),
  ingresses: cluster.list('Ingress', namespace),
  routes: [...cluster.list('HTTPRoute', namespace), ...cluster.list('GRPCRoute', namespace)],
  pods: cluster.list('Pod', namespace),
})

/** Where the requests of a Rollout's users go now. */
export const trafficOfRollout = (cluster: Cluster, rollout: DeepReadonly<Rollout>): Traffic =>
  trafficOf(applicationOf(rollout), trafficObjects(cluster, rollout.metadata.namespace ?? ''))
