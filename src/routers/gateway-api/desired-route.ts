import { isDeepStrictEqual } from 'node:util'
import { managedRoutePartsAnnotation } from '../../api/labels.ts'
import type { Rollout } from '../../api/rollout.ts'
import type { DeepReadonly, JsonObject } from '../../lib/json.ts'
import { fingerprint, type ManagedParts, recordWith } from '../managed-parts.ts'
import type { TrafficIntent } from '../router.ts'
import { type Claims, claimsOf, isManaged, managedRulesFor, sessionRulesFor } from './managed-rules.ts'
import { hasBoth, type Route, type Rule, type ServicePair, splitRules, weightedRule } from './rules.ts'
import { withoutSessionCookie, withSessionCookie } from './session-rules.ts'
import type { GatewayRoutes, NamedRoute } from './spec.ts'

/** What a release makes of a route, as a JSON merge patch; without a member where nothing changes. */
export interface RouteChange {
  readonly rules?: readonly Rule[]
  readonly annotations?: JsonObject
  readonly labels?: JsonObject
}

/** The rules of a route as their owner wrote them, weights aside: without what releases of the Rollout have added. */
export const ownRules = (route: Route, pair: ServicePair, claims: Claims): readonly Rule[] =>
  (route.spec.rules ?? [])
    .filter((rule) => !isManaged(rule, route, pair, claims))
    .map((rule) => (hasBoth(rule, route, pair) ? withoutSessionCookie(rule, claims.cookies) : rule))

interface Desired {
  readonly rules: readonly Rule[]
  readonly parts: ManagedParts
}

/** All rules of a route for an intent, and the record of those that are added. */
export const desiredRules = (
  named: NamedRoute,
  route: Route,
  pair: ServicePair,
  { sessionCookie, ...wished }: TrafficIntent,
  claims: Claims,
): Desired => {
  // Only browsers keep cookies, and they speak HTTP.
  const cookie = route.kind === 'HTTPRoute' ? sessionCookie : undefined
  const routes = named.takesManagedRoutes ? {} : { headerRoutes: [], mirrorRoutes: [] }
  const intent = { ...wished, ...routes, ...(cookie !== undefined && { sessionCookie: cookie }) }
  const own = ownRules(route, pair, claims)
  const splitting = (rule: Rule): Rule => {
    const weighted = weightedRule(rule, route, pair, intent, claims.recorded.backends ?? [])
    return cookie === undefined ? weighted : withSessionCookie(weighted, cookie, route, pair)
  }
  const weighted = new Map(splitRules(own, named.rules, route, pair).map((rule) => [rule, splitting(rule)] as const))
  const split = [...weighted.values()]
  const added = managedRulesFor(intent, split, own, route, pair)
  const session = sessionRulesFor(intent, split, own, route, pair)
  // Right before the first rule that they narrow: rules that were made by and for others stay where they are.
  const first = Math.max(
    0,
    own.findIndex((rule) => weighted.has(rule)),
  )
  const others = own.map((rule) => weighted.get(rule) ?? rule)
  return {
    // Rules for sessions are last, since of equally special ones the first wins: they take nothing from rules of others.
    rules: [...others.slice(0, first), ...added, ...others.slice(first), ...session],
    parts: {
      rules: [...added, ...session].map(fingerprint),
      backends: intent.additional.map(({ serviceName }) => serviceName),
      ...(cookie !== undefined && { cookie: cookie.name }),
    },
  }
}

/** Whether a rule is there: one whose name the API server does not know is there without it. */
const isSameRule = (wanted: Rule, there: Rule): boolean => {
  const { name, ...rest } = wanted
  const { name: nameThere, ...restThere } = there
  return isDeepStrictEqual(rest, restThere) && (nameThere === undefined || nameThere === name)
}

const labelChange = (spec: GatewayRoutes, route: Route, intent: TrafficIntent): JsonObject | undefined => {
  if (spec.inProgress === undefined) return undefined
  const { key, value } = spec.inProgress
  const { canary, additional, headerRoutes, mirrorRoutes } = intent
  const isInProgress = canary.weight > 0 || additional.length + headerRoutes.length + mirrorRoutes.length > 0
  const wanted = isInProgress ? value : null
  return (route.metadata.labels?.[key] ?? null) === wanted ? undefined : { [key]: wanted }
}

/**
 * What is to change in a route for an intent: weights, rules of managed routes, backends of experiments, the annotation that
 * records what was added, and the label of a release in progress. Everything else stays as its owner wrote it.
 */
export const changeOf = (
  named: NamedRoute,
  spec: GatewayRoutes,
  route: Route,
  pair: ServicePair,
  intent: TrafficIntent,
  rollout: DeepReadonly<Rollout>,
): RouteChange => {
  const { rules, parts } = desiredRules(named, route, pair, intent, claimsOf(intent.managedRoutes, route, rollout))
  const there = route.spec.rules ?? []
  const isThere = rules.length === there.length && rules.every((rule, index) => isSameRule(rule, there[index] ?? {}))
  const record = recordWith(route, rollout, parts)
  const labels = labelChange(spec, route, intent)
  return {
    ...(!isThere && { rules }),
    ...(record !== route.metadata.annotations?.[managedRoutePartsAnnotation] && {
      annotations: { [managedRoutePartsAnnotation]: record ?? null },
    }),
    ...(labels !== undefined && { labels }),
  }
}
