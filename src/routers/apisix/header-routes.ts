import type { ApisixExpression, ApisixHttpRule, ApisixRoute } from '../../api/kubernetes/apisix-route.ts'
import { ownerReferenceTo } from '../../api/owner-reference.ts'
import type { Rollout } from '../../api/rollout.ts'
import type { StringMatch } from '../../api/steps.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { escaped } from '../cookie-pattern.ts'
import { inManagedOrder } from '../managed-routes.ts'
import type { HeaderRoute, TrafficIntent } from '../router.ts'
import { type ApisixSpec, splitRules } from './rules.ts'

type Route = DeepReadonly<ApisixRoute>
type Rule = DeepReadonly<ApisixHttpRule>

const expression = (
  scope: 'Header' | 'Cookie' | 'Query',
  name: string,
  { exact, prefix, regex }: DeepReadonly<StringMatch>,
): ApisixExpression => {
  const subject = { scope, name }
  if (exact) return { subject, op: 'Equal', value: exact }
  return { subject, op: 'RegexMatch', value: prefix ? `^${escaped(prefix)}.*` : (regex ?? '') }
}

const expressionsOf = ({ match, cookie, queryParams = [] }: HeaderRoute): readonly ApisixExpression[] => [
  ...match.map(({ headerName, headerValue }) => expression('Header', headerName, headerValue)),
  ...(cookie === undefined ? [] : [expression('Cookie', cookie.name, cookie.value)]),
  ...queryParams.map(({ name, value }) => expression('Query', name, value)),
]

const headerRule = (rule: Rule, { canary }: TrafficIntent, route: HeaderRoute, rank: number): Rule => ({
  ...rule,
  priority: (rule.priority ?? 0) + rank,
  match: { ...rule.match, exprs: [...(rule.match?.exprs ?? []), ...expressionsOf(route)] },
  backends: (rule.backends ?? [])
    .filter(({ serviceName }) => serviceName === canary.serviceName)
    .map((backend) => ({ ...backend, weight: 100 })),
})

/** A route with its place among the others: the first has the highest rank, the last 1. */
const ranked = (intent: TrafficIntent) =>
  inManagedOrder(intent.headerRoutes, intent).map((route, index, all) => ({ route, rank: all.length - index }))

/** What the object of a header route says. */
export interface HeaderRouteObject {
  readonly name: string
  readonly spec: Route['spec']
}

/**
 * The objects for the header routes of an intent: each has the split rules of the route, narrowed to what is asked for, with
 * the canary alone behind them and a higher priority. (The published controller copies the other rules too, and drops the
 * conditions that a rule has already.)
 */
export const headerRouteObjects = (
  route: Route,
  intent: TrafficIntent,
  spec: ApisixSpec,
): readonly HeaderRouteObject[] => {
  const roles = { canary: intent.canary.serviceName, stable: intent.stable.serviceName }
  const split = splitRules(route, spec, roles)
  const { ingressClassName } = route.spec
  return ranked(intent).map(({ route: header, rank }) => ({
    name: header.name,
    spec: {
      ...(ingressClassName !== undefined && { ingressClassName }),
      http: split.map((rule) => headerRule(rule, intent, header, rank)),
    },
  }))
}

/** An object of a header route that does not exist yet. It belongs to the Rollout and goes with it. */
export const newHeaderRoute = (
  { name, spec }: HeaderRouteObject,
  { apiVersion, metadata }: Route,
  rollout: DeepReadonly<Rollout>,
) => ({
  apiVersion,
  kind: 'ApisixRoute',
  metadata: {
    name,
    namespace: rollout.metadata.namespace,
    ...(metadata.labels && { labels: metadata.labels }),
    ownerReferences: [ownerReferenceTo('Rollout', rollout)],
  },
  spec,
})
