import type { BackendRef, GrpcRoute, HttpRoute, RouteRule } from '../../api/kubernetes/gateway-route.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import type { TrafficIntent } from '../router.ts'

/** An HTTPRoute or a GRPCRoute: for weights they are alike. */
export type Route = DeepReadonly<HttpRoute | GrpcRoute>

/** The two Services of a Rollout, and the namespace that a backendRef without one means. */
export interface ServicePair {
  readonly canary: string
  readonly stable: string
  readonly namespace: string
}

const pointsTo = (backend: DeepReadonly<BackendRef>, service: string, route: Route, pair: ServicePair): boolean =>
  backend.name === service &&
  (backend.kind ?? 'Service') === 'Service' &&
  (backend.group ?? '') === '' &&
  (backend.namespace ?? route.metadata.namespace) === pair.namespace

/** Whether a rule splits between the two Services. */
export const hasBoth = (rule: DeepReadonly<RouteRule>, route: Route, pair: ServicePair): boolean =>
  [pair.canary, pair.stable].every((service) =>
    (rule.backendRefs ?? []).some((backend) => pointsTo(backend, service, route, pair)),
  )

/** The rule that a spec means by a name, or by its place from 0. */
export const findRule = (route: Route, wanted: string | number): DeepReadonly<RouteRule> | undefined =>
  typeof wanted === 'number' ? route.spec.rules?.[wanted] : route.spec.rules?.find((rule) => rule.name === wanted)

/** The rules whose weights are ours: those that the spec names, else every rule that has both Services. */
export const managedRules = (
  route: Route,
  wanted: readonly (string | number)[] | undefined,
  pair: ServicePair,
): readonly DeepReadonly<RouteRule>[] =>
  wanted === undefined
    ? (route.spec.rules ?? []).filter((rule) => hasBoth(rule, route, pair))
    : wanted.map((rule) => findRule(route, rule)).filter((rule) => rule !== undefined)

/** The rules of a route with the intended weights; the same array when they are in force already. */
export const weightedRules = (
  route: Route,
  wanted: readonly (string | number)[] | undefined,
  pair: ServicePair,
  intent: TrafficIntent,
): readonly DeepReadonly<RouteRule>[] => {
  const rules = route.spec.rules ?? []
  const managed = managedRules(route, wanted, pair)
  let changed = false
  const weighted = (backend: DeepReadonly<BackendRef>, weight: number): DeepReadonly<BackendRef> => {
    // The Gateway API counts an absent weight as 1.
    if ((backend.weight ?? 1) === weight) return backend
    changed = true
    return { ...backend, weight }
  }
  const result = rules.map((rule) =>
    managed.includes(rule)
      ? {
          ...rule,
          backendRefs: (rule.backendRefs ?? []).map((backend) => {
            if (pointsTo(backend, pair.canary, route, pair)) return weighted(backend, intent.canary.weight)
            if (pointsTo(backend, pair.stable, route, pair)) return weighted(backend, intent.stable.weight)
            return backend
          }),
        }
      : rule,
  )
  return changed ? result : rules
}
