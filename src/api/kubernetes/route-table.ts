import type { ObjectMeta } from './object-meta.ts'

/** One of several destinations of a route: a Service, or an Upstream, with its relative weight. */
export type GlooDestination = {
  weight?: number
  destination?: {
    kube?: { ref: { name: string; namespace?: string }; port?: number }
    upstream?: { name: string; namespace?: string }
  }
}

/** A route of a RouteTable; others than those that go to several destinations are of no concern to weights. */
export type GlooRoute = { routeAction?: { multi?: { destinations?: GlooDestination[] } } }

/** A RouteTable (Gloo, `gateway.solo.io/v1`). */
export type RouteTable = {
  apiVersion: string
  kind: 'RouteTable'
  metadata: ObjectMeta
  spec: { routes?: GlooRoute[] }
}
