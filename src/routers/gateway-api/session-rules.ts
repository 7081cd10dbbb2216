import type { HeaderMatch } from '../../api/kubernetes/gateway-route.ts'
import type { DeepReadonly, JsonObject } from '../../lib/json.ts'
import { equalJson, listOr, objectOr } from '../../lib/json-value.ts'
import { isCookiePattern } from '../cookie-pattern.ts'
import { type SessionCookie, setCookieHeader, setCookieText, setsCookie } from '../session-cookie.ts'
import { withHeaders } from './route-matches.ts'
import { backendOf, type Route, type Rule, type ServicePair } from './rules.ts'

type Backend = NonNullable<Rule['backendRefs']>[number]
type Filter = DeepReadonly<JsonObject>

const modifierType = 'ResponseHeaderModifier'

/** What a filter adds to answers; undefined for a filter that does something else. */
const additionsOf = (filter: Filter): readonly Filter[] | undefined =>
  filter.type === modifierType ? listOr(objectOr(filter.responseHeaderModifier).add).map(objectOr) : undefined

const withAdditions = (filter: Filter, add: readonly Filter[]): Filter => {
  const { add: _, ...rest } = objectOr(filter.responseHeaderModifier)
  return { ...filter, responseHeaderModifier: { ...rest, ...(add.length > 0 && { add }) } }
}

const isEmpty = ({ responseHeaderModifier }: Filter): boolean => equalJson(responseHeaderModifier, {})

const isOurs = ({ name, value }: Filter, cookies: readonly string[]): boolean =>
  typeof name === 'string' && setsCookie(name, value, cookies)

/** A backend whose answers set none of these cookies. What others have its answers carry stays. */
const withoutCookie = (backend: Backend, cookies: readonly string[]): Backend => {
  const filters = backend.filters ?? []
  const kept = filters.flatMap((filter) => {
    const additions = additionsOf(filter) ?? []
    const left = additions.filter((one) => !isOurs(one, cookies))
    if (left.length === additions.length) return [filter]
    const rest = withAdditions(filter, left)
    return isEmpty(rest) ? [] : [rest]
  })
  if (kept.length === filters.length && kept.every((filter, index) => filter === filters[index])) return backend
  const { filters: _, ...unfiltered } = backend
  return kept.length === 0 ? unfiltered : { ...unfiltered, filters: kept }
}

/** A backend whose answers set the cookie: one filter of this kind is all that a backend may have. */
const withCookie = (backend: Backend, cookie: SessionCookie): Backend => {
  const filters = backend.filters ?? []
  const added = { name: setCookieHeader, value: setCookieText(cookie) }
  const present = filters.find((filter) => additionsOf(filter) !== undefined)
  if (present === undefined) {
    const filter = { type: modifierType, responseHeaderModifier: { add: [added] } }
    return { ...backend, filters: [...filters, filter] }
  }
  const extended = withAdditions(present, [...(additionsOf(present) ?? []), added])
  return { ...backend, filters: filters.map((filter) => (filter === present ? extended : filter)) }
}

/** A rule none of whose backends sets one of these cookies. */
export const withoutSessionCookie = (rule: Rule, cookies: readonly string[]): Rule => {
  const backends = rule.backendRefs?.map((backend) => withoutCookie(backend, cookies))
  return backends?.some((backend, index) => backend !== rule.backendRefs?.[index])
    ? { ...rule, backendRefs: backends }
    : rule
}

/** A rule whose canary sets the cookie. */
export const withSessionCookie = (rule: Rule, cookie: SessionCookie, route: Route, pair: ServicePair): Rule => {
  const canary = backendOf(rule, pair.canary, route, pair)
  if (canary === undefined) return rule
  const backendRefs = rule.backendRefs?.map((backend) => (backend === canary ? withCookie(canary, cookie) : backend))
  return { ...rule, ...(backendRefs !== undefined && { backendRefs }) }
}

/**
 * The rule that leads requests with the cookie to the canary, for a rule that splits; none where that one asks for a cookie
 * itself. It is more special than its model, and so comes before it whatever its place (Gateway API, HTTPRouteRule,
 * "precedence").
 */
export const sessionRule = (
  base: Rule,
  { name, value }: Pick<SessionCookie, 'name' | 'value'>,
  route: Route,
  pair: ServicePair,
): readonly Rule[] => {
  const canary = backendOf(base, pair.canary, route, pair)
  const matches = withHeaders(base.matches, { name, match: [], cookie: { name, value: { exact: value } } }, true)
  if (canary === undefined || matches.length === 0) return []
  const { name: _, ...unnamed } = base
  return [{ ...unnamed, matches, backendRefs: [{ ...withoutCookie(canary, [name]), weight: 1 }] }]
}

const asksFor = ({ name, value }: DeepReadonly<HeaderMatch>, cookies: readonly string[]): boolean =>
  name.toLowerCase() === 'cookie' && cookies.some((cookie) => isCookiePattern(value, cookie))

/** Whether all that a rule takes are requests with one of these cookies. */
export const isForSession = ({ matches = [] }: Rule, cookies: readonly string[]): boolean =>
  matches.length > 0 && matches.every(({ headers = [] }) => headers.some((header) => asksFor(header, cookies)))

/** Whether the canary of a rule has its answers set or add cookies, of which the Gateway API takes one. */
export const setsCookiesItself = (rule: Rule, cookies: readonly string[], route: Route, pair: ServicePair): boolean => {
  const canary = backendOf(withoutSessionCookie(rule, cookies), pair.canary, route, pair)
  return (canary?.filters ?? []).some((filter) =>
    (additionsOf(filter) ?? []).some(({ name }) => String(name).toLowerCase() === setCookieHeader.toLowerCase()),
  )
}
