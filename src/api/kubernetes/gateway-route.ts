import type { Json, JsonObject } from '../../lib/json.ts'
import type { Condition } from './condition.ts'
import type { ObjectMeta } from './object-meta.ts'

/** A destination of a rule. Kind and group are those of a core Service when absent; an absent weight counts as 1. */
export type BackendRef = {
  group?: string
  kind?: string
  name: string
  namespace?: string
  port?: number
  weight?: number
  filters?: JsonObject[]
}

/** How the value of a header or query parameter is compared: Exact, also when absent, or RegularExpression. */
export type HeaderMatch = { type?: string; name: string; value: string }

/** How a path is compared: PathPrefix, also when absent, Exact or RegularExpression. */
export type PathMatch = { type?: string; value?: string }

/** What a request must be like, in all of it. The method of an HTTPRoute is a text, that of a GRPCRoute an object. */
export type RouteMatch = { path?: PathMatch; headers?: HeaderMatch[]; method?: Json; queryParams?: HeaderMatch[] }

/**
 * A rule of a route: what it matches and where it sends that. `name` is unique in the route when present. Rules of TCPRoutes
 * and TLSRoutes have names and backends only.
 */
export type RouteRule = {
  name?: string
  matches?: RouteMatch[]
  filters?: JsonObject[]
  backendRefs?: BackendRef[]
}

/** The Gateway, or other parent, that a route attaches to. */
export type ParentRef = {
  group?: string
  kind?: string
  namespace?: string
  name: string
  sectionName?: string
  port?: number
}

/** What one controller made of a route for one parent. */
export type RouteParentStatus = { parentRef: ParentRef; controllerName: string; conditions?: Condition[] }

type Route = {
  apiVersion: string
  metadata: ObjectMeta
  spec: { parentRefs?: ParentRef[]; hostnames?: string[]; rules?: RouteRule[] }
  status?: { parents?: RouteParentStatus[] }
}

/** An HTTPRoute (Gateway API, `gateway.networking.k8s.io/v1`). */
export type HttpRoute = Route & { kind: 'HTTPRoute' }

/** A GRPCRoute (Gateway API, `gateway.networking.k8s.io/v1`). */
export type GrpcRoute = Route & { kind: 'GRPCRoute' }

/** A TCPRoute (Gateway API, `gateway.networking.k8s.io/v1alpha2`). */
export type TcpRoute = Route & { kind: 'TCPRoute' }

/** A TLSRoute (Gateway API, `gateway.networking.k8s.io/v1alpha2`). */
export type TlsRoute = Route & { kind: 'TLSRoute' }
