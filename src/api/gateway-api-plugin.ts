import * as z from 'zod'
import { labelSelector } from './kubernetes/label-selector.ts'

/** Key of the upstream Gateway API plugin under `trafficRouting.plugins`. */
export const gatewayApiPluginName = 'argoproj-labs/gatewayAPI'

const pluginRoute = z.object({
  name: z.string(),
  /** Whether the routes of setHeaderRoute steps are added to this route. */
  useHeaderRoutes: z.boolean().optional(),
})

const routes = z.array(pluginRoute).optional()

/**
 * The configuration that manifests for the upstream Gateway API plugin carry, so that they work unchanged
 * (`trafficRouting.plugins["argoproj-labs/gatewayAPI"]`).
 */
export const gatewayApiPluginSchema = z.object({
  namespace: z.string().optional(),
  httpRoute: z.string().optional(),
  grpcRoute: z.string().optional(),
  tcpRoute: z.string().optional(),
  tlsRoute: z.string().optional(),
  httpRoutes: routes,
  grpcRoutes: routes,
  tcpRoutes: routes,
  tlsRoutes: routes,
  httpRouteSelector: labelSelector.optional(),
  grpcRouteSelector: labelSelector.optional(),
  tcpRouteSelector: labelSelector.optional(),
  tlsRouteSelector: labelSelector.optional(),
  /** Where that plugin keeps which managed routes it added. Crossfade finds them in the routes themselves. */
  configMap: z.string().optional(),
  disableInProgressLabel: z.boolean().optional(),
  /** Label that a route carries while a release is in progress, so that GitOps tools can leave its weights alone. */
  inProgressLabelKey: z.string().optional(),
  inProgressLabelValue: z.string().optional(),
})

/** See {@link gatewayApiPluginSchema}. */
export type GatewayApiPlugin = z.infer<typeof gatewayApiPluginSchema>
