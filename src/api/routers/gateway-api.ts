import * as z from 'zod'
import { intOrString } from '../scalars.ts'

const route = z.object({
  name: z.string().describe('Name of the route.'),
  rules: z
    .array(intOrString)
    .meta({ 'x-kubernetes-list-type': 'atomic' })
    .optional()
    .describe(
      'Rules to weight: a string is the name of a rule, a number its place in spec.rules, from 0. ' +
        'Default: every rule that has both the stable and the canary Service as backends.',
    ),
})

const routeList = z.array(route).meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] })

/** A route of the Gateway API whose backends are weighted, and which of its rules. */
export type GatewayRouteRef = z.infer<typeof route>

/**
 * Traffic routing by the Gateway API: the weights of the backendRefs that name the stable and the canary Service are
 * set, and rules are added for the routes of steps; nothing else in the route is touched. An addition to the published API.
 */
export const gatewayApiRouting = z.object({
  namespace: z.string().optional().describe('Namespace of the routes. Default: the namespace of the Rollout.'),
  httpRoute: z.string().optional().describe('Name of one HTTPRoute: short for httpRoutes with that name alone.'),
  grpcRoute: z.string().optional().describe('Name of one GRPCRoute: short for grpcRoutes with that name alone.'),
  tcpRoute: z.string().optional().describe('Name of one TCPRoute: short for tcpRoutes with that name alone.'),
  tlsRoute: z.string().optional().describe('Name of one TLSRoute: short for tlsRoutes with that name alone.'),
  httpRoutes: routeList.optional().describe('HTTPRoutes to weight, all alike.'),
  grpcRoutes: routeList.optional().describe('GRPCRoutes to weight, all alike.'),
  tcpRoutes: routeList.optional().describe('TCPRoutes to weight, all alike.'),
  tlsRoutes: routeList.optional().describe('TLSRoutes to weight, all alike.'),
})

/** See {@link gatewayApiRouting}. */
export type GatewayApiRouting = z.infer<typeof gatewayApiRouting>
