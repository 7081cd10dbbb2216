import type { GlooMatcher, GlooRoute, GlooTarget } from '../../api/kubernetes/route-table.ts'
import type { StringMatch } from '../../api/steps.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import type { MirrorRoute, TrafficIntent } from '../router.ts'
import { destinationShape, destinationsOf } from './destinations.ts'
import { headerMatcher } from './header-routes.ts'

type Route = DeepReadonly<GlooRoute>
type Matcher = DeepReadonly<GlooMatcher>
type MirrorMatch = MirrorRoute['match'][number]

const samePath = (a: Matcher, b: Matcher): boolean =>
  a.prefix === b.prefix && a.exact === b.exact && a.regex === b.regex

/** Whether every path that meets one matcher meets another, which has a prefix: Gloo compares texts, not segments. */
const isWithin = ({ exact, prefix }: Matcher, outer: Matcher): boolean =>
  outer.prefix !== undefined && (exact ?? prefix)?.startsWith(outer.prefix) === true

const withPath = (base: Matcher, path: DeepReadonly<StringMatch>): readonly Matcher[] => {
  const { prefix: _, exact: __, regex: ___, ...rest } = base
  const asked = path.exact ? { exact: path.exact } : path.prefix ? { prefix: path.prefix } : { regex: path.regex ?? '' }
  if (base.prefix === '/' || isWithin(asked, base)) return [{ ...rest, ...asked }]
  return samePath(asked, base) || isWithin(base, asked) ? [base] : []
}

const withMethod = (base: Matcher, { exact = '' }: DeepReadonly<StringMatch>): readonly Matcher[] =>
  base.methods?.length && !base.methods.includes(exact) ? [] : [{ ...base, methods: [exact] }]

const withHeaders = (base: Matcher, headers: NonNullable<MirrorMatch['headers']>): readonly Matcher[] => {
  const there = base.headers ?? []
  const asked = new Set(Object.keys(headers).map((name) => name.toLowerCase()))
  if (there.some(({ name }) => asked.has(name.toLowerCase()))) return []
  const added = Object.entries(headers).map(([name, value]) => headerMatcher(name, value))
  return added.length === 0 ? [base] : [{ ...base, headers: [...there, ...added] }]
}

/** The matchers of a route, narrowed to what a mirror route asks for: those that meet one of its matches. */
export const mirroredMatchers = ({ matchers = [] }: Route, { match }: Pick<MirrorRoute, 'match'>): readonly Matcher[] =>
  matchers.flatMap((matcher) =>
    match.flatMap(({ path, method, headers = {} }) =>
      (path === undefined ? [matcher] : withPath(matcher, path))
        .flatMap((one) => (method === undefined ? [one] : withMethod(one, method)))
        .flatMap((one) => withHeaders(one, headers)),
    ),
  )

/**
 * The Upstream by which a route leads to a Service, to which Gloo can copy its requests (Gloo, "RouteShadowing"); none where
 * the route names the Service itself.
 */
export const upstreamOf = (route: Route, service: string, namespace: string): DeepReadonly<GlooTarget>['upstream'] => {
  const { serviceOf } = destinationShape(namespace)
  return destinationsOf(route).find((entry) => serviceOf(entry) === service)?.destination?.upstream
}

/** Whether a route copies requests already: there can be one copy only. */
export const isMirroring = ({ options }: Route): boolean => options?.shadowing !== undefined

/** The route for a mirror route: it splits like the one that it is made of, and copies a share to the canary. */
export const mirrorRoute = (
  base: Route,
  mirror: MirrorRoute,
  { canary }: TrafficIntent,
  namespace: string,
): readonly Route[] => {
  const upstream = upstreamOf(base, canary.serviceName, namespace)
  const matchers = mirroredMatchers(base, mirror)
  if (upstream === undefined || matchers.length === 0 || isMirroring(base) || mirror.percentage === 0) return []
  // Names of routes are unique in a table.
  const { name: _, ...unnamed } = base
  const shadowing = { upstream, percentage: mirror.percentage }
  return [{ ...unnamed, matchers, options: { ...base.options, shadowing } }]
}
