import type { HttpProxyCondition } from '../../api/kubernetes/http-proxy.ts'
import type { StringMatch } from '../../api/steps.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { fingerprintOf } from '../managed-parts.ts'
import type { HeaderRoute, MirrorRoute } from '../router.ts'

type Condition = DeepReadonly<HttpProxyCondition>
type Conditions = readonly Condition[]

const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')

/** Contour has no prefix of a header, but regular expressions, which must match the whole value. */
const headerCondition = (name: string, { exact, prefix, regex }: DeepReadonly<StringMatch>): Condition => {
  if (exact) return { header: { name, exact } }
  return { header: { name, regex: prefix ? `${escaped(prefix)}.*` : (regex ?? '') } }
}

const pathCondition = ({ exact, prefix, regex }: DeepReadonly<StringMatch>): Condition => {
  if (exact) return { exact }
  return prefix ? { prefix } : { regex: regex ?? '' }
}

const isPath = ({ prefix, exact, regex }: Condition): boolean => (prefix ?? exact ?? regex) !== undefined

/**
 * Tells routes apart by what they match, whatever the order of their conditions. Of two routes that match the same Contour
 * silently drops one (internal/dag, VirtualHost.AddRoute), so no two may be alike in this.
 */
export const matchedBy = (conditions: Conditions): string => {
  const all = conditions.some(isPath) ? conditions : [...conditions, { prefix: '/' }]
  const each = all.map(({ header, ...rest }) =>
    fingerprintOf(header === undefined ? rest : { ...rest, header: { ...header, name: header.name.toLowerCase() } }),
  )
  return each.sort().join()
}

/** Contour refuses a route with two conditions on one header, so a route that has one cannot be narrowed by another. */
const withHeaders = (base: Conditions, added: Conditions): Conditions | undefined => {
  const names = new Set(base.flatMap(({ header }) => header?.name.toLowerCase() ?? []))
  return added.some(({ header }) => names.has(header?.name.toLowerCase() ?? '')) ? undefined : [...base, ...added]
}

/** A route has one condition on the path at most: a narrower one takes the place of one that all requests meet. */
const withPath = (base: Conditions, path: Condition): Conditions | undefined => {
  const there = base.find(isPath)
  if (there === undefined || there.prefix === '/') return [path, ...base.filter((one) => !isPath(one))]
  const isSame = there.prefix === path.prefix && there.exact === path.exact && there.regex === path.regex
  return isSame ? base : undefined
}

/** The conditions of a route, narrowed to what a header route asks for; none where nothing meets both. */
export const narrowedByHeaders = (base: Conditions, { match }: HeaderRoute): readonly Conditions[] => {
  // Of several conditions on one header the last one counts, as in the published controller.
  const last = new Map(match.map((one) => [one.headerName.toLowerCase(), one]))
  const added = [...last.values()].map(({ headerName, headerValue }) => headerCondition(headerName, headerValue))
  const both = withHeaders(base, added)
  return both === undefined ? [] : [both]
}

/** The conditions of a route, narrowed to what a mirror route asks for: one list for each of its matches. */
export const narrowedByMirror = (base: Conditions, { match }: MirrorRoute): readonly Conditions[] =>
  match.flatMap(({ path, headers = {} }) => {
    const byPath = path === undefined ? base : withPath(base, pathCondition(path))
    const added = Object.entries(headers).map(([name, value]) => headerCondition(name, value))
    const both = byPath && withHeaders(byPath, added)
    return both === undefined ? [] : [both]
  })
