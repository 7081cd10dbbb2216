import type { ObjectMeta } from './object-meta.ts'

/** Where a route leads: a Service, or an Upstream. */
export type GlooTarget = {
  kube?: { ref: { name: string; namespace?: string }; port?: number }
  upstream?: { name: string; namespace?: string }
}

/** One of several destinations of a route, with its relative weight. */
export type GlooDestination = { weight?: number; destination?: GlooTarget }

/** A header that a request must have; `regex` says that its value is a regular expression. */
export type GlooHeaderMatcher = { name: string; value?: string; regex?: boolean }

/** What a request must be like, in all of it; one of its methods is enough, and one of the three paths is set at most. */
export type GlooMatcher = {
  prefix?: string
  exact?: string
  regex?: string
  headers?: GlooHeaderMatcher[]
  methods?: string[]
}

/** Copies a share of the requests of a route to an Upstream, in percent. */
export type GlooShadowing = { upstream?: NonNullable<GlooTarget['upstream']>; percentage?: number }

/** A route of a RouteTable; one of its matchers is enough. */
export type GlooRoute = {
  name?: string
  matchers?: GlooMatcher[]
  routeAction?: { single?: GlooTarget; multi?: { destinations?: GlooDestination[] } }
  options?: { shadowing?: GlooShadowing }
}

/** A RouteTable (Gloo, `gateway.solo.io/v1`). */
export type RouteTable = {
  apiVersion: string
  kind: 'RouteTable'
  metadata: ObjectMeta
  spec: { routes?: GlooRoute[] }
}
