import * as z from 'zod'
import { int64 } from '../scalars.ts'

const virtualService = z.object({
  name: z.string().describe('Name of the VirtualService; `name.namespace` reaches one in another namespace.'),
  routes: z
    .array(z.string())
    .optional()
    .describe('Names of the HTTP routes to weight. May be left out when there is exactly one.'),
  tlsRoutes: z
    .array(
      z.object({
        port: int64.optional().describe('Port that the TLS route matches.'),
        sniHosts: z.array(z.string()).optional().describe('SNI host names that the TLS route matches, as a whole set.'),
      }),
    )
    .optional()
    .describe('TLS routes to weight, found by port and SNI hosts.'),
  tcpRoutes: z
    .array(z.object({ port: int64.optional().describe('Port that the TCP route matches.') }))
    .optional()
    .describe('TCP routes to weight, found by port.'),
})

/** Traffic routing by Istio. */
export const istioRouting = z.object({
  virtualService: virtualService
    .optional()
    .describe('The VirtualService whose route weights are set. Either this or virtualServices.'),
  virtualServices: z
    .array(virtualService)
    .optional()
    .describe('Several VirtualServices whose route weights are set alike.'),
  destinationRule: z
    .object({
      name: z.string().describe('Name of the DestinationRule, in the namespace of the Rollout.'),
      canarySubsetName: z.string().describe('Subset that is pointed at the canary pods.'),
      stableSubsetName: z.string().describe('Subset that is pointed at the stable pods.'),
      additionalSubsetNames: z
        .array(z.string())
        .optional()
        .describe('Subsets that keep the weight they have; it is taken from the stable share.'),
    })
    .optional()
    .describe('Split by subsets of one host instead of by two Services.'),
})

/** See {@link istioRouting}. */
export type IstioRouting = z.infer<typeof istioRouting>
