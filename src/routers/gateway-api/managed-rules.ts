import type { Rollout } from '../../api/rollout.ts'
import type { DeepReadonly, JsonObject } from '../../lib/json.ts'
import { fingerprint, type ManagedParts, managedPartsOf } from '../managed-parts.ts'
import { inManagedOrder } from '../managed-routes.ts'
import type { HeaderRoute, MirrorRoute, TrafficIntent } from '../router.ts'
import { ownCookieNames, sessionRouteName } from '../session-cookie.ts'
import { matchesPerRule, withFewMatches } from './limits.ts'
import { withHeaders, withMirrorMatches } from './route-matches.ts'
import { backendOf, pointsTo, type Route, type Rule, type ServicePair } from './rules.ts'
import { isForSession, sessionRule } from './session-rules.ts'

const mirrorType = 'RequestMirror'

const mirrorsTo = (rule: Rule): readonly string[] =>
  (rule.filters ?? []).flatMap((filter) => {
    const mirror =
      filter.type === mirrorType ? (filter.requestMirror as DeepReadonly<JsonObject> | undefined) : undefined
    const backend = mirror?.backendRef as { readonly name?: unknown } | undefined
    return typeof backend?.name === 'string' ? [backend.name] : []
  })

/** Whether a rule looks like one for a route of a step: all to one Service of the pair, or a copy to one of them. */
const hasShapeOfManaged = (rule: Rule, route: Route, pair: ServicePair): boolean => {
  const services = [pair.canary, pair.stable]
  const [only, ...more] = rule.backendRefs ?? []
  const leadsToOne = only !== undefined && more.length === 0 && services.some((one) => pointsTo(only, one, route, pair))
  return leadsToOne || mirrorsTo(rule).some((name) => services.includes(name))
}

/** The name of the managed route that a rule was made for: rules after the first one have a number behind it. */
const routeNameOf = (rule: Rule): string | undefined => rule.name?.replace(/\.\d+$/, '')

/** By what a Rollout knows its own parts of a route. */
export interface Claims {
  /** Names of its managed routes. */
  readonly names: readonly string[]
  /** Names of its session cookies. */
  readonly cookies: readonly string[]
  /** What is recorded with the route. */
  readonly recorded: ManagedParts
}

/** The {@link Claims} of a Rollout on a route. */
export const claimsOf = (names: readonly string[], route: Route, rollout: DeepReadonly<Rollout>): Claims => {
  const recorded = managedPartsOf(route, rollout)
  return { names, recorded, cookies: ownCookieNames(rollout, recorded) }
}

/**
 * Whether a release of the Rollout has added a rule: it is one of those that are recorded with the route, or has the shape
 * of one, and the name of a managed route or the session cookie.
 */
export const isManaged = (rule: Rule, route: Route, pair: ServicePair, claims: Claims): boolean => {
  const { names, cookies, recorded } = claims
  if (recorded.rules?.includes(fingerprint(rule))) return true
  const name = routeNameOf(rule)
  const isClaimed = (name !== undefined && names.includes(name)) || isForSession(rule, cookies)
  return isClaimed && hasShapeOfManaged(rule, route, pair)
}

/** The names that the Gateway API takes for rules: those of a section, which are DNS subdomains. */
const validName = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/

const named = (rule: Rule, name: string, place: number, taken: ReadonlySet<string>): Rule => {
  const { name: _, ...unnamed } = rule
  const wanted = place === 0 ? name : `${name}.${place + 1}`
  return validName.test(wanted) && !taken.has(wanted) ? { name: wanted, ...unnamed } : unnamed
}

const headerRule = (base: Rule, route: Route, pair: ServicePair, header: HeaderRoute): readonly Rule[] => {
  const canary = backendOf(base, pair.canary, route, pair)
  const matches = withHeaders(base.matches, header, route.kind === 'HTTPRoute')
  return canary === undefined || matches.length === 0
    ? []
    : [{ ...base, matches, backendRefs: [{ ...canary, weight: 1 }] }]
}

const mirrorRule = (base: Rule, route: Route, pair: ServicePair, mirror: MirrorRoute): readonly Rule[] => {
  const canary = backendOf(base, pair.canary, route, pair)
  const matches = withMirrorMatches(base.matches, mirror)
  if (canary === undefined || matches.length === 0 || route.kind !== 'HTTPRoute') return []
  const { weight: _, filters: __, ...backendRef } = { group: '', kind: 'Service', ...canary }
  const percent = mirror.percentage === 100 ? {} : { percent: mirror.percentage }
  const filter: JsonObject = { type: mirrorType, requestMirror: { backendRef, ...percent } }
  return [{ ...base, matches, filters: [...(base.filters ?? []), filter] }]
}

/** Whether routes of steps can be rules of this route: those of TCP and TLS tell requests apart by nothing. */
const hasMatches = ({ kind }: Route): boolean => kind === 'HTTPRoute' || kind === 'GRPCRoute'

/**
 * The rules for the header and mirror routes of an intent, in their order: for each of the `split` rules of the Rollout one
 * with the same filters and timeouts, narrowed to what the route asks for. A header route leads to the canary Service alone;
 * a mirror route splits like the rule it was made of, and copies to the canary Service. `foreign` rules keep their names.
 */
export const managedRulesFor = (
  intent: Pick<TrafficIntent, 'headerRoutes' | 'mirrorRoutes' | 'managedRoutes'>,
  split: readonly Rule[],
  foreign: readonly Rule[],
  route: Route,
  pair: ServicePair,
): readonly Rule[] => {
  if (!hasMatches(route)) return []
  const taken = new Set(foreign.flatMap(({ name }) => name ?? []))
  const made = [
    ...intent.headerRoutes.map((one) => ({
      name: one.name,
      rules: split.flatMap((base) => headerRule(base, route, pair, one)),
    })),
    ...intent.mirrorRoutes.map((one) => ({
      name: one.name,
      rules: split.flatMap((base) => mirrorRule(base, route, pair, one)),
    })),
  ]
  return inManagedOrder(made, intent).flatMap(({ name, rules }) =>
    rules
      .flatMap((rule) => withFewMatches(rule, matchesPerRule(foreign)))
      .map((rule, place) => named(rule, name, place, taken)),
  )
}

/** The rules that split by the mirror routes of an intent, with nothing mirrored. */
const splitByMirrors = (mirrorRoutes: readonly MirrorRoute[], split: readonly Rule[]): readonly Rule[] =>
  mirrorRoutes.flatMap((mirror) =>
    split.flatMap((base) => {
      const matches = withMirrorMatches(base.matches, mirror)
      return matches.length === 0 ? [] : [{ ...base, matches }]
    }),
  )

/** The rules that lead requests with the session cookie of an intent to the canary: one for each rule that splits. */
export const sessionRulesFor = (
  {
    sessionCookie,
    mirrorRoutes,
    managedRoutes,
  }: Pick<TrafficIntent, 'sessionCookie' | 'mirrorRoutes' | 'managedRoutes'>,
  split: readonly Rule[],
  foreign: readonly Rule[],
  route: Route,
  pair: ServicePair,
): readonly Rule[] => {
  if (sessionCookie === undefined || route.kind !== 'HTTPRoute') return []
  const taken = new Set([...managedRoutes, ...foreign.flatMap(({ name }) => name ?? [])])
  return [...split, ...splitByMirrors(mirrorRoutes, split)]
    .flatMap((base) => sessionRule(base, sessionCookie, route, pair))
    .flatMap((rule) => withFewMatches(rule, matchesPerRule(foreign)))
    .map((rule, place) => named(rule, sessionRouteName, place, taken))
}
