import { type FieldError, invalid } from '../../api/field-error.ts'
import { grpcRoutes, httpRoutes } from '../../api/resources.ts'
import type { Rollout } from '../../api/rollout.ts'
import type { SetMirrorRoute } from '../../api/steps.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { type RouteStep, routeSteps, routesOfStep } from '../route-steps.ts'
import { controllerWith } from './controllers.ts'
import { ownRules } from './desired-route.ts'
import { classWithout, type ListedClass, neededFeatures, percentageMirror } from './features.ts'
import { claimsOf, managedRulesFor } from './managed-rules.ts'
import { findRule, hasBoth, type Route, type Rule, type ServicePair, splitRules } from './rules.ts'
import { sessionRule, setsCookiesItself } from './session-rules.ts'
import { sizeErrors } from './size-validation.ts'
import type { NamedRoute } from './spec.ts'

/** A route that the spec names, and the object where there is one. */
export interface FoundRoute {
  readonly named: NamedRoute
  readonly route: Route | undefined
}

const managedNames = (rollout: DeepReadonly<Rollout>): readonly string[] =>
  (rollout.spec.strategy?.canary?.trafficRouting?.managedRoutes ?? []).map(({ name }) => name)

const rulesOf = (route: Route, pair: ServicePair, rollout: DeepReadonly<Rollout>): readonly Rule[] =>
  ownRules(route, pair, claimsOf(managedNames(rollout), route, rollout))

const ruleErrors = (
  named: NamedRoute,
  route: Route,
  pair: ServicePair,
  rollout: DeepReadonly<Rollout>,
): readonly FieldError[] => {
  const services = `stable Service "${pair.stable}" and canary Service "${pair.canary}"`
  const what = `${route.kind} "${named.name}"`
  const rules = rulesOf(route, pair, rollout)
  if (named.rules === undefined) {
    if (rules.some((rule) => hasBoth(rule, route, pair))) return []
    return [invalid(named.field, named.name, `no rule of ${what} has both the ${services} as backends`)]
  }
  return named.rules.flatMap((wanted, index) => {
    const rule = findRule(rules, wanted)
    const field = `${named.field}.rules[${index}]`
    if (rule === undefined) return [invalid(field, wanted, `${what} has no such rule`)]
    if (hasBoth(rule, route, pair)) return []
    return [invalid(field, wanted, `this rule of ${what} lacks the ${services} as backends`)]
  })
}

/** What the Gateway API cannot say about mirrored requests. */
const mirrorErrors = (
  { match, percentage = 100 }: DeepReadonly<SetMirrorRoute>,
  field: string,
): readonly FieldError[] => [
  ...(percentage >= 0 && percentage <= 100
    ? []
    : [invalid(`${field}.percentage`, percentage, 'must be between 0 and 100')]),
  ...(match ?? []).flatMap(({ method }, index) =>
    method === undefined || method.exact
      ? []
      : [
          invalid(
            `${field}.match[${index}].method`,
            method.prefix ?? method.regex ?? '',
            'the Gateway API compares methods exactly: use `exact`, and a match for each method',
          ),
        ],
  ),
]

/** Why nothing may be mirrored: requests of users would fail with it. */
const failingMirror = (found: readonly FoundRoute[]): string | undefined => {
  for (const { named, route } of found) {
    const controller = route && controllerWith('fails-mirrored-requests', route)
    if (controller === undefined) continue
    const what = `${named.resource.kind} "${named.name}" is served by ${controller}`
    return `${what}, which answers requests that are to be mirrored with an error: remove this step`
  }
  return undefined
}

/**
 * The error of a share that would be ignored, so that the canary had copies of all requests. A GatewayClass that lists the
 * feature is of a later version that has it.
 */
const ignoredShare = (
  { mirror, field }: RouteStep,
  found: readonly FoundRoute[],
  classes: readonly ListedClass[],
): readonly FieldError[] => {
  const { percentage } = mirror ?? {}
  if (percentage === undefined || percentage >= 100) return []
  for (const { named, route } of found) {
    const controller = route && controllerWith('mirrors-all-requests', route)
    const isListed = classes.some((one) => one.controller === controller && one.features.has(percentageMirror))
    if (controller === undefined || isListed) continue
    const what = `${named.resource.kind} "${named.name}" is served by ${controller}`
    const detail = `${what}, which copies all requests whatever the percentage: remove it, or use another router`
    return [invalid(`${field}.percentage`, percentage, detail)]
  }
  return []
}

/** Why the controller of a route cannot do what a step asks for, by what its GatewayClass says. */
const lackErrors = (
  step: RouteStep,
  found: readonly FoundRoute[],
  classes: readonly ListedClass[],
): readonly FieldError[] =>
  neededFeatures(step).flatMap(({ feature, member }) => {
    for (const { named, route } of found) {
      const listed = route?.kind === 'HTTPRoute' ? classWithout(feature, route, classes) : undefined
      if (listed === undefined) continue
      const field = member === undefined ? step.field : `${step.field}.${member}`
      const what = `HTTPRoute "${named.name}" is served by ${listed.controller}, whose GatewayClass "${listed.name}"`
      const detail = `${what} does not have ${feature} among its supportedFeatures: remove this, or use another class`
      return [invalid(field, step.header?.name ?? step.mirror?.name ?? '', detail)]
    }
    return []
  })

/** Whether some rule of a route can be narrowed to what a step asks for. */
const takes = (
  step: RouteStep,
  { named, route }: FoundRoute,
  pair: ServicePair,
  rollout: DeepReadonly<Rollout>,
): boolean => {
  if (route === undefined || !named.takesManagedRoutes) return false
  const own = rulesOf(route, pair, rollout)
  const intent = { ...routesOfStep(step), managedRoutes: [] }
  return managedRulesFor(intent, splitRules(own, named.rules, route, pair), own, route, pair).length > 0
}

const stepErrors = (
  step: RouteStep,
  found: readonly FoundRoute[],
  pair: ServicePair,
  rollout: DeepReadonly<Rollout>,
  classes: readonly ListedClass[],
): readonly FieldError[] => {
  const { field, header, mirror } = step
  const name = header?.name ?? mirror?.name ?? ''
  const errors = mirror === undefined ? [] : mirrorErrors(mirror, field)
  // Calls of gRPC have headers, and no query.
  const takesGrpc = header !== undefined && !header.queryParams?.length
  const kinds = takesGrpc ? [httpRoutes, grpcRoutes] : [httpRoutes]
  const able = found.filter(({ named }) => named.takesManagedRoutes && kinds.some((kind) => kind === named.resource))
  if (able.length === 0) {
    const wanted = takesGrpc ? 'an HTTPRoute or a GRPCRoute' : 'an HTTPRoute'
    return [
      ...errors,
      invalid(field, name, `the Gateway API needs ${wanted} for this step: name one in trafficRouting`),
    ]
  }
  const failing = mirror === undefined ? undefined : failingMirror(able)
  if (failing !== undefined) return [...errors, invalid(field, name, failing)]
  const lacks = [...ignoredShare(step, able, classes), ...lackErrors(step, able, classes)]
  if (lacks.length > 0) return [...errors, ...lacks]
  // A route that is not there has an error of its own.
  if (errors.length > 0 || able.some(({ route }) => route === undefined)) return errors
  return able.some((one) => takes(step, one, pair, rollout))
    ? []
    : [invalid(field, name, 'no rule of the named routes can match this and what the rule matches already')]
}

/** Faults of the routes where users are to be kept with the canary, which takes an HTTPRoute. */
const sessionErrors = (
  found: readonly FoundRoute[],
  pair: ServicePair,
  rollout: DeepReadonly<Rollout>,
): readonly FieldError[] => {
  const affinity = rollout.spec.strategy?.canary?.trafficRouting?.sessionAffinity
  if (affinity === undefined) return []
  const refuse = (detail: string): FieldError =>
    invalid('spec.strategy.canary.trafficRouting.sessionAffinity.cookieName', affinity.cookieName, detail)
  const able = found.flatMap(({ named, route }) => (route?.kind === 'HTTPRoute' ? [{ named, route }] : []))
  if (able.length === 0) {
    return [refuse('the Gateway API needs an HTTPRoute for cookies: name one in trafficRouting, or remove this')]
  }
  const deaf = able.flatMap(({ named, route }) => {
    const controller = controllerWith('ignores-backend-filters', route)
    const what = `HTTPRoute "${named.name}" is served by ${controller}, which ignores filters of backends`
    return controller === undefined ? [] : [refuse(`${what}: no answer would set the cookie, so remove this`)]
  })
  if (deaf.length > 0) return deaf
  return able.flatMap(({ named, route }) =>
    splitRules(rulesOf(route, pair, rollout), named.rules, route, pair).flatMap((rule) => {
      const { cookies } = claimsOf([], route, rollout)
      const what = `HTTPRoute "${named.name}" has a rule`
      const [made] = sessionRule(rule, { name: affinity.cookieName, value: '' }, route, pair)
      if ((made?.matches?.length ?? 0) < Math.max(1, rule.matches?.length ?? 0)) {
        return [refuse(`${what} that asks for a cookie itself, so that users cannot be told by another one`)]
      }
      return setsCookiesItself(rule, cookies, route, pair)
        ? [refuse(`${what} whose canary backend adds Set-Cookie itself, and the Gateway API takes it once`)]
        : []
    }),
  )
}

/**
 * Faults of the routes that a Rollout names, and of the steps that need rules in them.
 * @param classes what is known of GatewayClasses
 */
export const routeErrors = (
  found: readonly FoundRoute[],
  pair: ServicePair,
  rollout: DeepReadonly<Rollout>,
  classes: readonly ListedClass[],
): readonly FieldError[] => {
  const ofRoutes = found.flatMap(({ named, route }) =>
    route === undefined
      ? [invalid(named.field, named.name, `${named.resource.kind} "${named.name}" not found`)]
      : ruleErrors(named, route, pair, rollout),
  )
  if (ofRoutes.length > 0) return ofRoutes
  const ofSteps = [
    ...sessionErrors(found, pair, rollout),
    ...routeSteps(rollout).flatMap((step) => stepErrors(step, found, pair, rollout, classes)),
  ]
  if (ofSteps.length > 0) return ofSteps
  return found.flatMap(({ named, route }) => (route === undefined ? [] : sizeErrors(named, route, pair, rollout)))
}
