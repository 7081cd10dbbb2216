import type { HeaderMatch, PathMatch, RouteMatch, RouteRule } from '../../api/kubernetes/gateway-route.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { mirrorsOfRule, sharesOfRule } from './gateway-routes.ts'
import { ingressAnswerTo } from './nginx-ingresses.ts'
import { cookiesSet, type PodShares, type ServiceShare, spreadOverPods } from './split.ts'
import { type Application, servicesOf, type TrafficObjects } from './traffic.ts'
import { meshAnswerTo } from './virtual-services.ts'

/** A request as a client sends it. Names of headers are in lower case. */
export interface Request {
  readonly method?: string
  readonly path?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string>>
}

/** Who answers requests of a kind: each revision's part of them; and who gets copies of them. */
export interface Answer extends PodShares {
  readonly copies: PodShares
  /** What the header Set-Cookie of answers says, by the revision that answers. */
  readonly cookies: Readonly<Record<string, string>>
}

type Match = DeepReadonly<RouteMatch>

/** Envoy and its kin compare the whole text with a regular expression. */
const fullMatch = (pattern: string, text: string): boolean => new RegExp(`^(?:${pattern})$`).test(text)

const matchesValue = ({ type = 'Exact', value }: DeepReadonly<HeaderMatch>, actual: string | undefined): boolean => {
  if (actual === undefined) return false
  return type === 'Exact' ? actual === value : fullMatch(value, actual)
}

const matchesPath = ({ type = 'PathPrefix', value = '/' }: DeepReadonly<PathMatch>, path: string): boolean => {
  if (type === 'Exact') return path === value
  if (type === 'RegularExpression') return fullMatch(value, path)
  return path === value || path.startsWith(value.endsWith('/') ? value : `${value}/`)
}

const matches = ({ path = {}, method, headers = [], queryParams = [] }: Match, request: Request): boolean =>
  matchesPath(path, request.path ?? '/') &&
  (typeof method !== 'string' || method === (request.method ?? 'GET')) &&
  headers.every((header) => matchesValue(header, request.headers?.[header.name.toLowerCase()])) &&
  queryParams.every((param) => matchesValue(param, request.query?.[param.name]))

/** How special a match is, the most important first (Gateway API, HTTPRouteRule, "precedence"). */
const precedence = ({ path = {}, method, headers = [], queryParams = [] }: Match): readonly number[] => [
  path.type === 'Exact' ? 1 : 0,
  (path.value ?? '/').length,
  method === undefined ? 0 : 1,
  headers.length,
  queryParams.length,
]

const comparePrecedence = (a: readonly number[], b: readonly number[]): number => {
  const at = a.findIndex((value, index) => value !== b[index])
  return at === -1 ? 0 : (b[at] ?? 0) - (a[at] ?? 0)
}

/** The rule that takes a request: the most special match, and of equals the first. */
const ruleFor = (request: Request, rules: readonly DeepReadonly<RouteRule>[]): DeepReadonly<RouteRule> | undefined => {
  const candidates = rules.flatMap((rule) => {
    const all: readonly Match[] = rule.matches?.length ? rule.matches : [{}]
    return all.filter((match) => matches(match, request)).map((match) => ({ rule, precedence: precedence(match) }))
  })
  return candidates.sort((a, b) => comparePrecedence(a.precedence, b.precedence))[0]?.rule
}

/**
 * Where requests of this kind end, by the HTTPRoutes that name a Service of the application, else by the VirtualServices
 * that do, else by the ingresses of ingress-nginx. Undefined when no rule takes them.
 */
export const answerTo = (request: Request, application: Application, objects: TrafficObjects): Answer | undefined => {
  const names = new Set(servicesOf(application, objects).map(({ metadata }) => metadata.name))
  const rules = objects.routes
    .filter(({ kind }) => kind === 'HTTPRoute')
    .flatMap(({ spec }) => spec.rules ?? [])
    .filter((rule) => (rule.backendRefs ?? []).some(({ name }) => names.has(name)))
  const rule = ruleFor(request, rules)
  const { services, pods } = objects
  const spread = (shares: readonly ServiceShare[]) => spreadOverPods(shares, services, pods)
  const answer = (shares: readonly ServiceShare[], copies: readonly ServiceShare[]): Answer => ({
    ...spread(shares),
    copies: spread(copies),
    cookies: cookiesSet(shares, services, pods),
  })
  if (rule !== undefined) return answer(sharesOfRule(rule, 1), mirrorsOfRule(rule))
  const { method = 'GET', path = '/', headers = {}, query = {} } = request
  const byMesh = meshAnswerTo({ method, path, headers, query }, names, objects.mesh)
  if (byMesh !== undefined) return answer(byMesh.shares, byMesh.copies)
  const byIngress = ingressAnswerTo(headers, objects.ingresses, names)
  return byIngress && answer(byIngress, [])
}
