import * as z from 'zod'
import type { ObjectMeta } from './object-meta.ts'

/*
 * The fields of Istio's objects that we read (Istio, "Virtual Service", "Destination Rule"). All else in them is kept as it
 * is, which is why these schemas are open.
 */

const destination = z.looseObject({
  host: z.string().optional(),
  subset: z.string().optional(),
  port: z.looseObject({ number: z.number().optional() }).optional(),
})

/**
 * Where a route leads: a host of the mesh, as a short name (of the namespace of the VirtualService) or a whole one, and
 * a subset that a DestinationRule defines for it.
 */
export type IstioDestination = z.infer<typeof destination>

const weightedDestination = z.looseObject({ destination: destination.optional(), weight: z.number().optional() })

/** A destination and its share of a route's requests; shares are proportions, and 0 when absent beside others. */
export type WeightedDestination = z.infer<typeof weightedDestination>

const stringMatch = z.looseObject({
  exact: z.string().optional(),
  prefix: z.string().optional(),
  regex: z.string().optional(),
})

/** How a text is compared; exactly one of the members is set. */
export type IstioStringMatch = z.infer<typeof stringMatch>

const httpMatch = z.looseObject({
  uri: stringMatch.optional(),
  method: stringMatch.optional(),
  headers: z.record(z.string(), stringMatch).optional(),
  queryParams: z.record(z.string(), stringMatch).optional(),
})

/** What a request must be like, in all of it. */
export type IstioHttpMatch = z.infer<typeof httpMatch>

/** See {@link IstioHttpRoute}. */
export const istioHttpRoute = z.looseObject({
  name: z.string().optional(),
  match: z.array(httpMatch).optional(),
  route: z.array(weightedDestination).optional(),
  delegate: z.looseObject({ name: z.string().optional(), namespace: z.string().optional() }).optional(),
  mirror: destination.optional(),
  mirrorPercentage: z.looseObject({ value: z.number().optional() }).optional(),
})

/** A route for HTTP. The first that matches takes a request; without matches it takes every one. */
export type IstioHttpRoute = z.infer<typeof istioHttpRoute>

/** See {@link IstioConnectionRoute}. */
export const istioConnectionRoute = z.looseObject({
  match: z.array(z.looseObject({ port: z.number().optional(), sniHosts: z.array(z.string()).optional() })).optional(),
  route: z.array(weightedDestination).optional(),
})

/** A route for TLS connections that are passed through, or for plain TCP, whose matches know no SNI hosts. */
export type IstioConnectionRoute = z.infer<typeof istioConnectionRoute>

/** A VirtualService (Istio, `networking.istio.io`). */
export type VirtualService = {
  apiVersion: string
  kind: 'VirtualService'
  metadata: ObjectMeta
  spec: {
    hosts?: string[]
    http?: IstioHttpRoute[]
    tls?: IstioConnectionRoute[]
    tcp?: IstioConnectionRoute[]
  }
}

/** See {@link IstioSubset}. */
export const istioSubset = z.looseObject({ name: z.string(), labels: z.record(z.string(), z.string()).optional() })

/** A named part of a host's pods: those that have these labels besides the ones that its Service selects. */
export type IstioSubset = z.infer<typeof istioSubset>

/** A DestinationRule (Istio, `networking.istio.io`). */
export type DestinationRule = {
  apiVersion: string
  kind: 'DestinationRule'
  metadata: ObjectMeta
  spec: { host: string; subsets?: IstioSubset[] }
}
