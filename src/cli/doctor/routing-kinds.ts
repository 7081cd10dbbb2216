import type { Rollout } from '../../api/rollout.ts'
import type { TrafficRouting } from '../../api/traffic-routing.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { type PolicyRule, routerPermissions } from '../../operator/permissions.ts'
import { routersOf } from '../../routers/registry.ts'
import type { Cluster } from '../context.ts'
import { servedBy } from './api-server.ts'
import { type Check, ok, problem } from './check.ts'

type RouterKey = keyof typeof routerPermissions

const isRouterKey = (key: string): key is RouterKey => Object.hasOwn(routerPermissions, key)

/** The routers that Rollouts name, by their keys under `trafficRouting`. */
const routerKeys = (rollouts: readonly DeepReadonly<Rollout>[]): readonly RouterKey[] => {
  const named = rollouts.flatMap(({ spec }) => {
    const routing: DeepReadonly<TrafficRouting> = spec.strategy?.canary?.trafficRouting ?? {}
    return Object.keys(routing)
  })
  return [...new Set(named)].filter(isRouterKey)
}

/** What the controller needs for the routers that these Rollouts name. */
export const rightsForRouters = (
  rollouts: readonly DeepReadonly<Rollout>[],
): { readonly namespaced: readonly PolicyRule[]; readonly cluster: readonly PolicyRule[] } => {
  const rights = routerKeys(rollouts).map((key) => routerPermissions[key])
  return {
    namespaced: rights.flatMap(({ namespaced }) => namespaced),
    cluster: rights.flatMap(({ cluster }) => cluster),
  }
}

/** Whether the kinds that the routers of these Rollouts write are served. */
export const checkRoutingKinds = async (
  cluster: Cluster,
  rollouts: readonly DeepReadonly<Rollout>[],
): Promise<Check[]> => {
  const kinds = new Map(
    rollouts.flatMap((rollout) =>
      routersOf(rollout).flatMap(({ name, resources }) =>
        resources.map((resource) => [`${resource.plural}.${resource.group}`, { name, resource }] as const),
      ),
    ),
  )
  const checks: Check[] = []
  for (const [kind, { name, resource }] of kinds) {
    const served = await servedBy(cluster, resource.group, resource.version)
    checks.push(
      served?.has(resource.plural)
        ? ok(`${kind}, which router ${name} writes, is served`)
        : problem(
            `${kind}, which router ${name} writes, is not served in version ${resource.version}`,
            'Install the product with its CustomResourceDefinitions, or name its version to the controller.',
          ),
    )
  }
  return checks
}
