import type { ObjectMeta } from './object-meta.ts'

/** Points at another object of App Mesh; in the same namespace where it names none. */
export type AppMeshRef = { name: string; namespace?: string }

/** A VirtualService (AWS App Mesh, `appmesh.k8s.aws/v1beta2`): the name that clients call, and what serves it. */
export type AppMeshVirtualService = {
  apiVersion: string
  kind: 'VirtualService'
  metadata: ObjectMeta
  spec: { provider?: { virtualRouter?: { virtualRouterRef?: AppMeshRef }; virtualNode?: object } }
}

/** A VirtualNode with its share. */
export type AppMeshWeightedTarget = { virtualNodeRef?: AppMeshRef; weight?: number }

/** What is done with requests of one protocol. */
export type AppMeshRouteRule = { action?: { weightedTargets?: AppMeshWeightedTarget[] } }

/** A route of a VirtualRouter: exactly one of the protocols is set. */
export type AppMeshRoute = {
  name: string
  httpRoute?: AppMeshRouteRule
  tcpRoute?: AppMeshRouteRule
  http2Route?: AppMeshRouteRule
  grpcRoute?: AppMeshRouteRule
}

/** A VirtualRouter: where requests to a VirtualService go. */
export type AppMeshVirtualRouter = {
  apiVersion: string
  kind: 'VirtualRouter'
  metadata: ObjectMeta
  spec: { routes?: AppMeshRoute[] }
}

/** A VirtualNode: pods, and how they are found. */
export type AppMeshVirtualNode = {
  apiVersion: string
  kind: 'VirtualNode'
  metadata: ObjectMeta
  spec: {
    podSelector?: { matchLabels?: Record<string, string> }
    serviceDiscovery?: { dns?: { hostname?: string } }
  }
}
