import type { GrpcRoute, HttpRoute, RouteRule } from '../../api/kubernetes/gateway-route.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import type { ServiceShare } from './split.ts'

/** A rule that only serves requests carrying a certain header takes no part of ordinary traffic. */
const servesOrdinaryRequests = (rule: DeepReadonly<RouteRule>): boolean =>
  rule.matches === undefined || rule.matches.length === 0 || rule.matches.some((match) => match.headers === undefined)

const rulesOf = (
  route: DeepReadonly<HttpRoute | GrpcRoute>,
  services: ReadonlySet<string>,
): readonly DeepReadonly<RouteRule>[] =>
  (route.spec.rules ?? []).filter(
    (rule) => servesOrdinaryRequests(rule) && (rule.backendRefs ?? []).some((backend) => services.has(backend.name)),
  )

/** Gateway API: an absent weight is 1, weights are proportions, and a rule whose weights are all 0 answers with 500. */
const sharesOfRule = (rule: DeepReadonly<RouteRule>, part: number): ServiceShare[] => {
  const backends = rule.backendRefs ?? []
  const total = backends.reduce((sum, backend) => sum + (backend.weight ?? 1), 0)
  if (total === 0) return [{ service: '', share: part }]
  return backends.map((backend) => ({ service: backend.name, share: (part * (backend.weight ?? 1)) / total }))
}

/**
 * How HTTPRoutes and GRPCRoutes that name one of the Services split ordinary requests: every rule of every route counts
 * the same. Undefined when no route names any of them.
 */
export const sharesOfGatewayRoutes = (
  routes: readonly DeepReadonly<HttpRoute | GrpcRoute>[],
  services: ReadonlySet<string>,
): readonly ServiceShare[] | undefined => {
  const rules = routes.flatMap((route) => rulesOf(route, services))
  return rules.length === 0 ? undefined : rules.flatMap((rule) => sharesOfRule(rule, 1 / rules.length))
}
