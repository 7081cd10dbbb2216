import type { Rollout } from '../../api/rollout.ts'
import type { DeepReadonly, JsonObject } from '../../lib/json.ts'
import { applicationOf, trafficObjects } from '../traffic/cluster-traffic.ts'
import { hashLabel } from '../traffic/split.ts'
import { type TrafficObjects, trafficOf } from '../traffic/traffic.ts'
import { weightedKinds } from '../traffic/weighted-lists.ts'
import type { Cluster, ClusterChange } from '../world/cluster.ts'

/** Parts of the requests (0 to 1) by the pod-template hash that their Service, or a subset of it, selects; those without one have no part. */
export type DestinationShares = ReadonlyMap<string, number>

const routeKinds = ['HTTPRoute', 'GRPCRoute', 'TCPRoute', 'TLSRoute']

const meshKinds = ['VirtualService', 'DestinationRule']

/** Kinds whose objects decide where requests go. */
export const routingKinds: ReadonlySet<string> = new Set([
  'Service',
  'Ingress',
  ...meshKinds,
  ...routeKinds,
  ...weightedKinds,
])

/** The part that stands for requests with certain headers: nobody knows how many they are, but they need a pod. */
const someRequests = 1e-6

/** Where the routing objects send the requests of a Rollout, whether or not a pod is there to answer. */
export const destinationShares = (rollout: DeepReadonly<Rollout>, objects: TrafficObjects): DestinationShares => {
  const shares = new Map<string, number>()
  const { services, special: destinations } = trafficOf(applicationOf(rollout), objects)
  const special = destinations.map((destination) => ({ ...destination, share: someRequests }))
  for (const { service: name, share, labels } of [...services, ...special]) {
    const selector = objects.services.find(({ metadata }) => metadata.name === name)?.spec.selector
    const hash = labels?.[hashLabel] ?? selector?.[hashLabel]
    if (hash !== undefined && share > 0) shares.set(hash, (shares.get(hash) ?? 0) + share)
  }
  return shares
}

const nameOf = (object: DeepReadonly<JsonObject> | DeepReadonly<{ metadata: { name: string } }>): string =>
  (object.metadata as { name: string }).name

/** The routing objects as they were before a change of one of them. */
export const trafficObjectsBefore = (cluster: Cluster, namespace: string, change: ClusterChange): TrafficObjects => {
  const objects = trafficObjects(cluster, namespace)
  const undo = <T extends DeepReadonly<{ metadata: { name: string } }>>(
    kinds: readonly string[],
    list: readonly T[],
  ) => {
    if (!kinds.includes(change.kind)) return list
    const others = list.filter((object) => nameOf(object) !== nameOf(change.object))
    return change.before === undefined ? others : [...others, change.before as unknown as T]
  }
  return {
    services: undo(['Service'], objects.services),
    ingresses: undo(['Ingress'], objects.ingresses),
    routes: undo(routeKinds, objects.routes),
    weighted: undo(weightedKinds, objects.weighted),
    mesh: {
      namespace,
      virtualServices: undo(['VirtualService'], objects.mesh.virtualServices),
      destinationRules: undo(['DestinationRule'], objects.mesh.destinationRules),
    },
    pods: objects.pods,
  }
}
