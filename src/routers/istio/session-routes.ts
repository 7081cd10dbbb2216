import type { IstioHttpRoute, WeightedDestination } from '../../api/kubernetes/istio.ts'
import type { DeepReadonly, JsonObject } from '../../lib/json.ts'
import { objectOr, stringOr } from '../../lib/json-value.ts'
import { cookiePattern, isCookiePattern } from '../cookie-pattern.ts'
import { type SessionCookie, sessionRouteName, setCookieHeader, setCookieText, setsCookie } from '../session-cookie.ts'
import { type DestinationRoles, roleOf } from './destinations.ts'
import { narrowed } from './http-matches.ts'

type Route = DeepReadonly<IstioHttpRoute>
type Weighted = DeepReadonly<WeightedDestination>

/** An object with a member in place of what it had by that name, or without it where the new one has nothing in it. */
const withMember = (object: JsonObject, key: string, member: JsonObject): JsonObject => {
  const { [key]: _, ...rest } = object
  return Object.keys(member).length === 0 ? rest : { ...rest, [key]: member }
}

/** What a destination has its answers carry besides (Istio, "Headers", response.add). */
const additionsOf = ({ headers }: Weighted): JsonObject => objectOr(objectOr(objectOr(headers).response).add)

const withAdditions = ({ headers, ...rest }: Weighted, add: JsonObject): Weighted => {
  const response = withMember(objectOr(objectOr(headers).response), 'add', add)
  const all = withMember(objectOr(headers), 'response', response)
  return Object.keys(all).length === 0 ? rest : { ...rest, headers: all }
}

/** A destination whose answers set none of these cookies. What others have its answers carry stays. */
const withoutCookie = (weighted: Weighted, cookies: readonly string[]): Weighted => {
  const additions = Object.entries(additionsOf(weighted))
  const left = additions.filter(([name, value]) => !setsCookie(name, value, cookies))
  return left.length === additions.length ? weighted : withAdditions(weighted, Object.fromEntries(left))
}

/** A route none of whose destinations sets one of these cookies. */
export const withoutSessionCookie = (route: Route, cookies: readonly string[]): Route =>
  route.route === undefined ? route : { ...route, route: route.route.map((one) => withoutCookie(one, cookies)) }

/** A route whose canary sets the cookie. */
export const withSessionCookie = (route: Route, cookie: SessionCookie, roles: DestinationRoles): Route => ({
  ...route,
  route: (route.route ?? []).map((one) =>
    roleOf(one, roles) === 'canary'
      ? withAdditions(one, { ...additionsOf(one), [setCookieHeader]: setCookieText(cookie) })
      : one,
  ),
})

/**
 * The route that leads requests with the cookie to the canary, to stand before one that splits; none where that one asks for
 * a cookie itself, of which nobody can tell.
 */
export const sessionRoute = (
  base: Route,
  { name, value }: Pick<SessionCookie, 'name' | 'value'>,
  roles: DestinationRoles,
): readonly Route[] => {
  const canary = base.route?.find((one) => roleOf(one, roles) === 'canary')
  const cookie = { regex: cookiePattern({ name, value: { exact: value } }) }
  const match = narrowed(base, [{ headers: { cookie } }])
  return canary === undefined || match.length === 0
    ? []
    : [{ ...base, name: sessionRouteName, match, route: [{ ...withoutCookie(canary, [name]), weight: 100 }] }]
}

/** Whether a route was made by {@link sessionRoute} for one of these cookies. */
export const isForSession = ({ name, match = [] }: Route, cookies: readonly string[]): boolean =>
  name === sessionRouteName &&
  match.length > 0 &&
  match.every(({ headers }) =>
    cookies.some((cookie) => isCookiePattern(stringOr(headers?.cookie?.regex) ?? '', cookie)),
  )

/** Whether the canary of a route has its answers set or add a cookie, of which Istio takes one. */
export const setsCookiesItself = (route: Route, cookies: readonly string[], roles: DestinationRoles): boolean =>
  (route.route ?? []).some(
    (one) =>
      roleOf(one, roles) === 'canary' &&
      Object.keys(additionsOf(withoutCookie(one, cookies))).some(
        (name) => name.toLowerCase() === setCookieHeader.toLowerCase(),
      ),
  )
