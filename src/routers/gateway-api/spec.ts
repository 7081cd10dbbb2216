import type { GatewayApiPlugin } from '../../api/gateway-api-plugin.ts'
import type { LabelSelector } from '../../api/kubernetes/label-selector.ts'
import { grpcRoutes, httpRoutes } from '../../api/resources.ts'
import type { GatewayApiRouting } from '../../api/routers/gateway-api.ts'
import type { Resource } from '../../kube/resource.ts'
import type { DeepReadonly } from '../../lib/json.ts'

/** One route that the Rollout names, and which of its rules; without `rules`, every rule that has both Services. */
export interface NamedRoute {
  readonly resource: Resource
  readonly name: string
  readonly rules?: readonly (string | number)[] | undefined
  /** Where the spec names it, for errors. */
  readonly field: string
}

/** Routes found by label. */
export interface RouteSelector {
  readonly resource: Resource
  readonly selector: DeepReadonly<LabelSelector>
  readonly field: string
}

/** What both spellings of Gateway API routing come down to. */
export interface GatewayRoutes {
  /** Namespace of the routes; that of the Rollout when absent. */
  readonly namespace?: string | undefined
  readonly routes: readonly NamedRoute[]
  readonly selectors: readonly RouteSelector[]
  /** Label that a route carries while the canary has traffic. */
  readonly inProgress?: { readonly key: string; readonly value: string } | undefined
}

const routing = 'spec.strategy.canary.trafficRouting'

type RouteEntry = { readonly name: string; readonly rules?: readonly (string | number)[] | undefined }

const named = (
  resource: Resource,
  at: string,
  short: string | undefined,
  shortField: string,
  list: readonly RouteEntry[] | undefined,
): NamedRoute[] => [
  ...(short === undefined ? [] : [{ resource, name: short, field: `${at}.${shortField}` }]),
  ...(list ?? []).map((route, index) => ({
    resource,
    name: route.name,
    rules: route.rules,
    field: `${at}.${shortField}s[${index}]`,
  })),
]

/** Reads `trafficRouting.gatewayAPI`. */
export const fromNativeSpec = (spec: DeepReadonly<GatewayApiRouting>): GatewayRoutes => ({
  namespace: spec.namespace,
  routes: [
    ...named(httpRoutes, `${routing}.gatewayAPI`, spec.httpRoute, 'httpRoute', spec.httpRoutes),
    ...named(grpcRoutes, `${routing}.gatewayAPI`, spec.grpcRoute, 'grpcRoute', spec.grpcRoutes),
  ],
  selectors: [],
})

const defaultInProgress = { key: 'rollouts.argoproj.io/gatewayapi-canary', value: 'in-progress' }

/** Reads the configuration of the upstream Gateway API plugin, with its defaults for the in-progress label. */
export const fromPluginSpec = (spec: DeepReadonly<GatewayApiPlugin>): GatewayRoutes => {
  const at = `${routing}.plugins[argoproj-labs/gatewayAPI]`
  const selected = (resource: Resource, selector: DeepReadonly<LabelSelector> | undefined, field: string) =>
    selector === undefined ? [] : [{ resource, selector, field: `${at}.${field}` }]
  return {
    namespace: spec.namespace,
    routes: [
      ...named(httpRoutes, at, spec.httpRoute, 'httpRoute', spec.httpRoutes),
      ...named(grpcRoutes, at, spec.grpcRoute, 'grpcRoute', spec.grpcRoutes),
    ],
    selectors: [
      ...selected(httpRoutes, spec.httpRouteSelector, 'httpRouteSelector'),
      ...selected(grpcRoutes, spec.grpcRouteSelector, 'grpcRouteSelector'),
    ],
    inProgress:
      spec.disableInProgressLabel === true
        ? undefined
        : {
            key: spec.inProgressLabelKey || defaultInProgress.key,
            value: spec.inProgressLabelValue || defaultInProgress.value,
          },
  }
}
