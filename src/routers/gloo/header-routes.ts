import type { GlooHeaderMatcher, GlooMatcher, GlooRoute } from '../../api/kubernetes/route-table.ts'
import type { StringMatch } from '../../api/steps.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import type { HeaderRoute, TrafficIntent } from '../router.ts'
import { destinationShape, destinationsOf } from './destinations.ts'

type Route = DeepReadonly<GlooRoute>
type Matchers = readonly DeepReadonly<GlooMatcher>[]

const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')

/** A text or an expression compared with a header. Gloo compares headers exactly, or with a regular expression that must match the whole value. */
export const headerMatcher = (name: string, { exact, prefix, regex }: DeepReadonly<StringMatch>): GlooHeaderMatcher =>
  exact ? { name, value: exact } : { name, value: prefix ? `${escaped(prefix)}.*` : (regex ?? ''), regex: true }

/** The matchers of a route that can be narrowed to a header route: not those that ask for one of its headers already. */
export const narrowedMatchers = ({ matchers = [] }: Route, { match }: Pick<HeaderRoute, 'match'>): Matchers => {
  // Of several conditions on one header the last one counts, as in the published controller.
  const last = new Map(match.map((one) => [one.headerName.toLowerCase(), one]))
  return matchers.flatMap((matcher) => {
    const there = matcher.headers ?? []
    if (there.some(({ name }) => last.has(name.toLowerCase()))) return []
    const added = [...last.values()].map(({ headerName, headerValue }) => headerMatcher(headerName, headerValue))
    return [{ ...matcher, headers: [...there, ...added] }]
  })
}

/** The route to the canary alone for a header route, made of a route that splits; none where that cannot be narrowed. */
export const headerRoute = (
  base: Route,
  header: HeaderRoute,
  intent: TrafficIntent,
  namespace: string,
): readonly Route[] => {
  const { serviceOf } = destinationShape(namespace)
  const canary = destinationsOf(base).find((entry) => serviceOf(entry) === intent.canary.serviceName)
  const matchers = narrowedMatchers(base, header)
  if (canary?.destination === undefined || matchers.length === 0) return []
  const { multi: _, ...action } = base.routeAction ?? {}
  // Names of routes are unique in a table.
  const { name: __, ...unnamed } = base
  return [{ ...unnamed, matchers, routeAction: { ...action, single: canary.destination } }]
}
