import type { GatewayApiPlugin } from '../../api/gateway-api-plugin.ts'
import type { LabelSelector } from '../../api/kubernetes/label-selector.ts'
import { grpcRoutes, httpRoutes, tcpRoutes, tlsRoutes } from '../../api/resources.ts'
import type { GatewayApiRouting } from '../../api/routers/gateway-api.ts'
import type { Resource } from '../../kube/resource.ts'
import type { DeepReadonly } from '../../lib/json.ts'

/** One route that the Rollout names, and which of its rules; without `rules`, every rule that has both Services. */
export interface NamedRoute {
  readonly resource: Resource
  readonly name: string
  readonly rules?: readonly (string | number)[] | undefined
  /** Whether it gets the routes of steps. */
  readonly takesManagedRoutes: boolean
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
  /** Label that a route carries while the canary, or an experiment, has traffic. */
  readonly inProgress?: { readonly key: string; readonly value: string } | undefined
}

const routing = 'spec.strategy.canary.trafficRouting'

interface RouteEntry {
  readonly name: string
  readonly rules?: readonly (string | number)[] | undefined
  readonly useHeaderRoutes?: boolean | undefined
}

const kinds = [
  { resource: httpRoutes, key: 'httpRoute' },
  { resource: grpcRoutes, key: 'grpcRoute' },
  { resource: tcpRoutes, key: 'tcpRoute' },
  { resource: tlsRoutes, key: 'tlsRoute' },
] as const

type Key = (typeof kinds)[number]['key']

/** What both spellings have alike: a route a kind by its name, and lists of them. */
type NamedInSpec = { readonly [K in Key]?: string | undefined } & {
  readonly [K in `${Key}s`]?: readonly RouteEntry[] | undefined
}

const namedRoutes = (spec: NamedInSpec, at: string, listedTakeRoutes: boolean): readonly NamedRoute[] =>
  kinds.flatMap(({ resource, key }) => {
    const short = spec[key]
    const one = short === undefined ? [] : [{ resource, name: short, takesManagedRoutes: true, field: `${at}.${key}` }]
    const listed = (spec[`${key}s`] ?? []).map(({ name, rules, useHeaderRoutes }, index) => ({
      resource,
      name,
      rules,
      takesManagedRoutes: listedTakeRoutes || useHeaderRoutes === true,
      field: `${at}.${key}s[${index}]`,
    }))
    return [...one, ...listed]
  })

/** Reads `trafficRouting.gatewayAPI`. */
export const fromNativeSpec = (spec: DeepReadonly<GatewayApiRouting>): GatewayRoutes => ({
  namespace: spec.namespace,
  routes: namedRoutes(spec, `${routing}.gatewayAPI`, true),
  selectors: [],
})

const defaultInProgress = { key: 'rollouts.argoproj.io/gatewayapi-canary', value: 'in-progress' }

/**
 * Reads the configuration of the upstream Gateway API plugin, with its defaults for the in-progress label. As there, the
 * routes of steps go to a listed route only with useHeaderRoutes.
 */
export const fromPluginSpec = (spec: DeepReadonly<GatewayApiPlugin>): GatewayRoutes => {
  const at = `${routing}.plugins[argoproj-labs/gatewayAPI]`
  return {
    namespace: spec.namespace,
    routes: namedRoutes(spec, at, false),
    selectors: kinds.flatMap(({ resource, key }) => {
      const selector = spec[`${key}Selector`]
      return selector === undefined ? [] : [{ resource, selector, field: `${at}.${key}Selector` }]
    }),
    inProgress:
      spec.disableInProgressLabel === true
        ? undefined
        : {
            key: spec.inProgressLabelKey || defaultInProgress.key,
            value: spec.inProgressLabelValue || defaultInProgress.value,
          },
  }
}
