import type { HeaderMatch, PathMatch, RouteMatch } from '../../api/kubernetes/gateway-route.ts'
import type { NamedMatch, StringMatch } from '../../api/steps.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { cookiePattern, escaped } from '../cookie-pattern.ts'
import type { HeaderRoute, MirrorRoute } from '../router.ts'

type Match = DeepReadonly<RouteMatch>

const everyPath: PathMatch = { type: 'PathPrefix', value: '/' }

/**
 * The Gateway API compares headers and query parameters exactly or by a regular expression, which some products match from
 * the start only.
 */
const headerMatch = (name: string, { exact, prefix, regex }: DeepReadonly<StringMatch>): HeaderMatch => {
  if (exact) return { type: 'Exact', name, value: exact }
  return { type: 'RegularExpression', name, value: prefix ? `^${escaped(prefix)}.*` : (regex ?? '') }
}

const pathMatch = ({ exact, prefix, regex }: DeepReadonly<StringMatch>): PathMatch => {
  if (exact) return { type: 'Exact', value: exact }
  return prefix ? { type: 'PathPrefix', value: prefix } : { type: 'RegularExpression', value: regex ?? '' }
}

const sameHeader = (a: DeepReadonly<HeaderMatch>, b: DeepReadonly<HeaderMatch>): boolean =>
  a.name.toLowerCase() === b.name.toLowerCase()

/** Names of query parameters count as they are written, and those of headers do not. */
const sameParam = (a: DeepReadonly<HeaderMatch>, b: DeepReadonly<HeaderMatch>): boolean => a.name === b.name

const sameValue = (a: DeepReadonly<HeaderMatch>, b: DeepReadonly<HeaderMatch>): boolean =>
  (a.type ?? 'Exact') === b.type && a.value === b.value

/** Both lists of conditions together; `undefined` where they ask different things of one header, so nothing has both. */
const bothHeaders = (
  base: readonly DeepReadonly<HeaderMatch>[],
  added: readonly HeaderMatch[],
  isSame = sameHeader,
): readonly DeepReadonly<HeaderMatch>[] | undefined => {
  const contradict = base.some((one) => added.some((other) => isSame(one, other) && !sameValue(one, other)))
  return contradict ? undefined : [...base, ...added.filter((other) => !base.some((one) => isSame(one, other)))]
}

/** Whether a path of the Gateway API's prefixes, which end at a slash, contains another one. */
const contains = (prefix: string, path: string): boolean =>
  path === prefix || path.startsWith(prefix.endsWith('/') ? prefix : `${prefix}/`)

/** What matches both paths; `undefined` where nothing does, or where regular expressions do not let us know. */
const bothPaths = (base: DeepReadonly<PathMatch>, added: PathMatch): DeepReadonly<PathMatch> | undefined => {
  const [baseType, basePath] = [base.type ?? 'PathPrefix', base.value ?? '/']
  const path = added.value ?? '/'
  if (baseType === added.type && basePath === path) return base
  if (
    baseType === 'PathPrefix' &&
    (basePath === '/' || (added.type !== 'RegularExpression' && contains(basePath, path)))
  )
    return added
  const isWithin = added.type === 'PathPrefix' && baseType !== 'RegularExpression' && contains(path, basePath)
  return isWithin ? base : undefined
}

const basesOf = (matches: readonly Match[] | undefined): readonly Match[] =>
  matches === undefined || matches.length === 0 ? [{}] : matches

/** The condition that a request carries a cookie. */
export const cookieHeader = (cookie: DeepReadonly<NamedMatch>): HeaderMatch => ({
  type: 'RegularExpression',
  name: 'Cookie',
  value: cookiePattern(cookie),
})

/** Of several conditions on one header the last one counts, as in the published controller. */
const headersOf = ({ match, cookie }: HeaderRoute): readonly HeaderMatch[] => {
  const last = new Map(match.map((one) => [one.headerName.toLowerCase(), one]))
  const headers = [...last.values()].map(({ headerName, headerValue }) => headerMatch(headerName, headerValue))
  return [...headers, ...(cookie === undefined ? [] : [cookieHeader(cookie)])]
}

/**
 * The matches of a rule, narrowed to requests that a header route wants. `hasPaths` is for HTTPRoutes, whose matches have
 * a path at the API server even if none was written; only they know query parameters.
 */
export const withHeaders = (
  matches: readonly Match[] | undefined,
  route: HeaderRoute,
  hasPaths: boolean,
): readonly Match[] => {
  const params = (route.queryParams ?? []).map(({ name, value }) => headerMatch(name, value))
  if (params.length > 0 && !hasPaths) return []
  return basesOf(matches).flatMap((base) => {
    const headers = bothHeaders(base.headers ?? [], headersOf(route))
    const queryParams = bothHeaders(base.queryParams ?? [], params, sameParam)
    if (headers === undefined || queryParams === undefined) return []
    return [
      {
        ...base,
        ...(hasPaths && { path: base.path ?? everyPath }),
        ...(headers.length > 0 && { headers }),
        ...(queryParams.length > 0 && { queryParams }),
      },
    ]
  })
}

const withMirrorMatch = (
  base: Match,
  { method, path, headers = {} }: MirrorRoute['match'][number],
): readonly Match[] => {
  const both = bothHeaders(
    base.headers ?? [],
    Object.entries(headers).map(([name, value]) => headerMatch(name, value)),
  )
  const bothPath = path === undefined ? (base.path ?? everyPath) : bothPaths(base.path ?? everyPath, pathMatch(path))
  const contradict = method !== undefined && base.method !== undefined && base.method !== method.exact
  if (both === undefined || bothPath === undefined || contradict) return []
  return [
    {
      ...base,
      path: bothPath,
      ...(both.length > 0 && { headers: both }),
      ...(method !== undefined && { method: method.exact ?? '' }),
    },
  ]
}

/** The matches of a rule of an HTTPRoute, narrowed to requests that a mirror route wants. */
export const withMirrorMatches = (matches: readonly Match[] | undefined, { match }: MirrorRoute): readonly Match[] =>
  basesOf(matches).flatMap((base) => match.flatMap((wanted) => withMirrorMatch(base, wanted)))
