import type {
  AppMeshRoute,
  AppMeshVirtualNode,
  AppMeshVirtualRouter,
  AppMeshWeightedTarget,
} from '../../api/kubernetes/app-mesh.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import type { WeightedList } from './split.ts'

type Node = DeepReadonly<AppMeshVirtualNode>

const targetsOf = ({ httpRoute, http2Route, grpcRoute, tcpRoute }: DeepReadonly<AppMeshRoute>) =>
  (httpRoute ?? http2Route ?? grpcRoute ?? tcpRoute)?.action?.weightedTargets ?? []

/** A node is the pods that it selects, among those behind the name by which it is found. */
const destinationOf = ({ virtualNodeRef }: DeepReadonly<AppMeshWeightedTarget>, nodes: readonly Node[]) => {
  const node = nodes.find(({ metadata }) => metadata.name === virtualNodeRef?.name)
  const [service = ''] = (node?.spec.serviceDiscovery?.dns?.hostname ?? '').split('.')
  return { service, labels: node?.spec.podSelector?.matchLabels ?? {} }
}

/** How routes of VirtualRouters split requests between VirtualNodes (AWS App Mesh, "Routes"). */
export const listsOfVirtualRouters = (
  routers: readonly DeepReadonly<AppMeshVirtualRouter>[],
  nodes: readonly Node[],
): readonly WeightedList[] =>
  routers
    .flatMap(({ spec }) => spec.routes ?? [])
    .map((route) => targetsOf(route).map((target) => ({ ...destinationOf(target, nodes), weight: target.weight ?? 0 })))
