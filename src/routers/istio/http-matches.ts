import type { IstioHttpMatch, IstioHttpRoute, IstioStringMatch } from '../../api/kubernetes/istio.ts'
import type { StringMatch } from '../../api/steps.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { equalJson } from '../../lib/json-value.ts'
import { cookiePattern, escaped } from '../cookie-pattern.ts'
import type { HeaderRoute, MirrorRoute } from '../router.ts'

type Route = DeepReadonly<IstioHttpRoute>
type Match = DeepReadonly<IstioHttpMatch>
type Text = DeepReadonly<IstioStringMatch>

const textMatch = ({ exact, prefix, regex }: DeepReadonly<StringMatch>): Text => {
  if (exact) return { exact }
  return prefix ? { prefix } : { regex: regex ?? '' }
}

/** Whether every text that `inner` takes is one that `outer` takes. Of regular expressions nobody knows. */
const isWithin = (inner: Text, outer: Text): boolean =>
  outer.prefix !== undefined && (inner.exact ?? inner.prefix ?? '').startsWith(outer.prefix)

/** What matches both texts; `undefined` where nothing does, or where regular expressions do not let us know. */
const bothTexts = (a: Text, b: Text): Text | undefined => {
  if (equalJson(a, b) || isWithin(a, b)) return a
  return isWithin(b, a) ? b : undefined
}

const everyPath = '/'

const bothPaths = (a: Text, b: Text): Text | undefined => {
  // Every path begins so, which is also known of regular expressions.
  if (a.prefix === everyPath) return b
  return b.prefix === everyPath ? a : bothTexts(a, b)
}

type Both = (a: Text, b: Text) => Text | undefined

/** The members of two matches together; `undefined` where two of them exclude each other. */
const bothMembers = (
  a: Readonly<Record<string, Text>>,
  b: Readonly<Record<string, Text>>,
  both: Both,
): Readonly<Record<string, Text>> | undefined => {
  const merged: Record<string, Text> = { ...a }
  for (const [key, added] of Object.entries(b)) {
    const present = a[key]
    const text = present === undefined ? added : both(present, added)
    if (text === undefined) return undefined
    merged[key] = text
  }
  return merged
}

const member = (key: 'uri' | 'method', match: Match): Readonly<Record<string, Text>> => {
  const text = match[key]
  return text === undefined ? {} : { [key]: text }
}

/** A match narrowed to requests that `added` takes too; none where no request can have both. */
const bothMatches = (base: Match, added: Match): readonly Match[] => {
  const uri = bothMembers(member('uri', base), member('uri', added), bothPaths)
  const method = bothMembers(member('method', base), member('method', added), bothTexts)
  const headers = bothMembers(base.headers ?? {}, added.headers ?? {}, bothTexts)
  const params = bothMembers(base.queryParams ?? {}, added.queryParams ?? {}, bothTexts)
  if (uri === undefined || method === undefined || headers === undefined || params === undefined) return []
  return [
    {
      ...base,
      ...uri,
      ...method,
      ...(Object.keys(headers).length > 0 && { headers }),
      ...(Object.keys(params).length > 0 && { queryParams: params }),
    },
  ]
}

/** The matches of a route, narrowed to requests that one of `added` takes too. */
export const narrowed = ({ match = [] }: Route, added: readonly Match[]): readonly Match[] =>
  match.length === 0 ? added : match.flatMap((base) => added.flatMap((one) => bothMatches(base, one)))

/** Istio wants names of headers in lower case ("HTTPMatchRequest", headers). */
const headersMatch = (headers: DeepReadonly<Record<string, StringMatch>>): Match['headers'] =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), textMatch(value)]))

/** Query parameters are compared exactly or by a regular expression for the whole value ("HTTPMatchRequest", queryParams). */
const paramMatch = ({ exact, prefix, regex }: DeepReadonly<StringMatch>): Text => {
  if (exact) return { exact }
  return { regex: prefix ? `${escaped(prefix)}.*` : (regex ?? '') }
}

/** The matches of a header route. As published, one of the headers is enough: each is a match of its own. The cookie and the query go with each. */
export const headerMatches = ({ match, cookie, queryParams = [] }: HeaderRoute): readonly Match[] => {
  const cookies: Match['headers'] = cookie === undefined ? {} : { cookie: { regex: cookiePattern(cookie) } }
  const params = Object.fromEntries(queryParams.map(({ name, value }) => [name, paramMatch(value)]))
  const headers = match.map(({ headerName, headerValue }) => headersMatch({ [headerName]: headerValue }))
  return (headers.length === 0 ? [{}] : headers).map((one) => ({
    ...(match.length + Object.keys(cookies).length > 0 && { headers: { ...one, ...cookies } }),
    ...(queryParams.length > 0 && { queryParams: params }),
  }))
}

/** The matches of a mirror route. */
export const mirrorMatches = ({ match }: MirrorRoute): readonly Match[] =>
  match.map(({ method, path, headers }) => ({
    ...(path !== undefined && { uri: textMatch(path) }),
    ...(method !== undefined && { method: textMatch(method) }),
    ...(headers !== undefined && { headers: headersMatch(headers) }),
  }))
