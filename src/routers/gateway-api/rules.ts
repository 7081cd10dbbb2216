import type {
  BackendRef,
  GrpcRoute,
  HttpRoute,
  RouteRule,
  TcpRoute,
  TlsRoute,
} from '../../api/kubernetes/gateway-route.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import type { TrafficIntent } from '../router.ts'

/** A route of the Gateway API: for weights all kinds are alike. */
export type Route = DeepReadonly<HttpRoute | GrpcRoute | TcpRoute | TlsRoute>

/** A rule of a route. */
export type Rule = DeepReadonly<RouteRule>

/** The two Services of a Rollout, and the namespace that a backendRef without one means. */
export interface ServicePair {
  readonly canary: string
  readonly stable: string
  readonly namespace: string
}

type Backend = DeepReadonly<BackendRef>

/** Whether a backendRef leads to a Service of the Rollout. */
export const pointsTo = (backend: Backend, service: string, route: Route, pair: ServicePair): boolean =>
  backend.name === service &&
  (backend.kind ?? 'Service') === 'Service' &&
  (backend.group ?? '') === '' &&
  (backend.namespace ?? route.metadata.namespace) === pair.namespace

/** The backendRef of a rule that leads to a Service of the Rollout. */
export const backendOf = (rule: Rule, service: string, route: Route, pair: ServicePair): Backend | undefined =>
  rule.backendRefs?.find((backend) => pointsTo(backend, service, route, pair))

/** Whether a rule splits between the two Services. */
export const hasBoth = (rule: Rule, route: Route, pair: ServicePair): boolean =>
  [pair.canary, pair.stable].every((service) => backendOf(rule, service, route, pair) !== undefined)

/** The rule that a spec means by a name, or by its place from 0 among the rules that no release has added. */
export const findRule = (rules: readonly Rule[], wanted: string | number): Rule | undefined =>
  typeof wanted === 'number' ? rules[wanted] : rules.find((rule) => rule.name === wanted)

/** The rules whose weights are ours: those that the spec names, else every rule that has both Services. */
export const splitRules = (
  rules: readonly Rule[],
  wanted: readonly (string | number)[] | undefined,
  route: Route,
  pair: ServicePair,
): readonly Rule[] =>
  wanted === undefined
    ? rules.filter((rule) => hasBoth(rule, route, pair))
    : wanted.map((rule) => findRule(rules, rule)).filter((rule) => rule !== undefined)

/** The Gateway API counts an absent weight as 1. */
const weighted = (backend: Backend, weight: number): Backend =>
  (backend.weight ?? 1) === weight ? backend : { ...backend, weight }

/**
 * A rule with the intended weights, with a backend for each version of an experiment, and without those of `former`
 * experiments. A backend that is new takes port and namespace of the stable one.
 */
export const weightedRule = (
  rule: Rule,
  route: Route,
  pair: ServicePair,
  intent: TrafficIntent,
  former: readonly string[],
): Rule => {
  const weightOf = new Map(
    [intent.canary, intent.stable, ...intent.additional].map(({ serviceName, weight }) => [serviceName, weight]),
  )
  const isOurs = (backend: Backend, service: string): boolean => pointsTo(backend, service, route, pair)
  const kept = (rule.backendRefs ?? [])
    .filter((backend) => !former.some((service) => isOurs(backend, service) && !weightOf.has(service)))
    .map((backend) => {
      const weight = isOurs(backend, backend.name) ? weightOf.get(backend.name) : undefined
      return weight === undefined ? backend : weighted(backend, weight)
    })
  const stable = backendOf(rule, pair.stable, route, pair)
  const added = intent.additional
    .filter(({ serviceName }) => !kept.some((backend) => isOurs(backend, serviceName)))
    .map(({ serviceName, weight }): Backend => ({ ...stable, name: serviceName, weight }))
  return { ...rule, backendRefs: [...kept, ...added] }
}
