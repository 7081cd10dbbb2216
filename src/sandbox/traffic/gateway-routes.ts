import type {
  BackendRef,
  GrpcRoute,
  HttpRoute,
  RouteRule,
  TcpRoute,
  TlsRoute,
} from '../../api/kubernetes/gateway-route.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { listOr, objectOr, stringOr } from '../../lib/json-value.ts'
import type { ServiceShare } from './split.ts'

/** A route of the Gateway API, whatever it carries. */
export type GatewayRoute = DeepReadonly<HttpRoute | GrpcRoute | TcpRoute | TlsRoute>

/** A rule that only serves requests carrying a certain header or query parameter takes no part of ordinary traffic. */
const servesOrdinaryRequests = ({ matches = [] }: DeepReadonly<RouteRule>): boolean =>
  matches.length === 0 || matches.some(({ headers, queryParams }) => headers === undefined && queryParams === undefined)

const rulesOf = (route: GatewayRoute, services: ReadonlySet<string>): readonly DeepReadonly<RouteRule>[] =>
  (route.spec.rules ?? []).filter((rule) => (rule.backendRefs ?? []).some((backend) => services.has(backend.name)))

/** What a backend has its answers set, by a filter ResponseHeaderModifier of its own. */
const cookieOf = ({ filters = [] }: DeepReadonly<BackendRef>): Pick<ServiceShare, 'setCookie'> => {
  const added = filters
    .flatMap(({ responseHeaderModifier }) => listOr(objectOr(responseHeaderModifier).add))
    .map(objectOr)
  const setCookie = stringOr(added.find(({ name }) => name === 'Set-Cookie')?.value)
  return setCookie === undefined ? {} : { setCookie }
}

/** How a rule splits its `part` of the requests. Gateway API: an absent weight is 1, weights are proportions, and a rule whose weights are all 0 answers with 500. */
export const sharesOfRule = (rule: DeepReadonly<RouteRule>, part: number): ServiceShare[] => {
  const backends = rule.backendRefs ?? []
  const total = backends.reduce((sum, backend) => sum + (backend.weight ?? 1), 0)
  if (total === 0) return [{ service: '', share: part }]
  return backends.map((backend) => ({
    service: backend.name,
    share: (part * (backend.weight ?? 1)) / total,
    ...cookieOf(backend),
  }))
}

/**
 * How routes that name one of the Services split ordinary requests: every rule of every route counts the same. Undefined
 * when no route names any of them.
 */
export const sharesOfGatewayRoutes = (
  routes: readonly GatewayRoute[],
  services: ReadonlySet<string>,
): readonly ServiceShare[] | undefined => {
  const rules = routes.flatMap((route) => rulesOf(route, services)).filter(servesOrdinaryRequests)
  return rules.length === 0 ? undefined : rules.flatMap((rule) => sharesOfRule(rule, 1 / rules.length))
}

/** The Services to which rules for special requests, those with a certain header, send some of them. */
export const servicesOfSpecialRules = (
  routes: readonly GatewayRoute[],
  services: ReadonlySet<string>,
): ReadonlySet<string> => {
  const rules = routes.flatMap((route) => rulesOf(route, services)).filter((rule) => !servesOrdinaryRequests(rule))
  const shares = rules.flatMap((rule) => sharesOfRule(rule, 1))
  return new Set(shares.filter(({ share }) => share > 0).map(({ service }) => service))
}

/** Services that get copies of requests by a rule, each with the part of its requests (0 to 1) that is copied. */
export const mirrorsOfRule = (rule: DeepReadonly<RouteRule>): readonly ServiceShare[] =>
  (rule.filters ?? []).flatMap((filter) => {
    if (filter.type !== 'RequestMirror') return []
    const { backendRef, percent } = objectOr(filter.requestMirror)
    const service = stringOr(objectOr(backendRef).name)
    return service === undefined ? [] : [{ service, share: typeof percent === 'number' ? percent / 100 : 1 }]
  })
