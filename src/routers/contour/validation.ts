import { type FieldError, invalid } from '../../api/field-error.ts'
import type { HttpProxy, HttpProxyCondition, HttpProxyRoute } from '../../api/kubernetes/http-proxy.ts'
import type { Rollout } from '../../api/rollout.ts'
import type { ContourRouting } from '../../api/routers/contour.ts'
import { serviceRolesOf } from '../../api/service-roles.ts'
import type { SetMirrorRoute } from '../../api/steps.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { managedPartsOf } from '../managed-parts.ts'
import { type RouteStep, routeSteps, routesOfStep } from '../route-steps.ts'
import type { SplitContext } from '../split-object.ts'
import { hasBothServices } from '../weighted-entries.ts'
import { matchedBy, narrowedByHeaders, narrowedByMirror } from './conditions.ts'
import { ownRoutes, serviceShape } from './routes.ts'

/** Where a Rollout names its HTTPProxies. */
export const proxiesField = 'spec.strategy.canary.trafficRouting.contour.httpProxies'

type Spec = DeepReadonly<ContourRouting>

const steps = (rollout: DeepReadonly<Rollout>) =>
  (rollout.spec.strategy?.canary?.steps ?? []).map((step, index) => ({
    step,
    field: `spec.strategy.canary.steps[${index}]`,
  }))

const mirrorFaults = ({ match = [], percentage = 100 }: DeepReadonly<SetMirrorRoute>, at: string): FieldError[] => [
  ...(percentage >= 0 && percentage <= 100
    ? []
    : [invalid(`${at}.percentage`, percentage, 'must be between 0 and 100')]),
  ...match.flatMap(({ method }, index) =>
    method === undefined
      ? []
      : [invalid(`${at}.match[${index}].method`, method, 'Contour cannot tell requests apart by their method')],
  ),
]

/** Faults of steps that need no object to be seen. */
export const stepFaults = (rollout: DeepReadonly<Rollout>): readonly FieldError[] =>
  steps(rollout).flatMap(({ step: { setMirrorRoute }, field }) =>
    setMirrorRoute === undefined ? [] : mirrorFaults(setMirrorRoute, `${field}.setMirrorRoute`),
  )

type Route = DeepReadonly<HttpProxyRoute>

/** The lists of conditions that a route is narrowed to for a step. */
const narrowed = ({ conditions = [] }: Route, step: RouteStep): readonly DeepReadonly<HttpProxyCondition[]>[] => {
  const { headerRoutes, mirrorRoutes } = routesOfStep(step)
  return [
    ...headerRoutes.flatMap((one) => narrowedByHeaders(conditions, one)),
    ...mirrorRoutes.flatMap((one) => narrowedByMirror(conditions, one)),
  ]
}

/** Why an HTTPProxy cannot have the routes of a step. */
const stepFault = (
  step: RouteStep,
  split: readonly Route[],
  others: readonly Route[],
  name: string,
): string | undefined => {
  const elsewhere = new Set(others.map(({ conditions = [] }) => matchedBy(conditions)))
  const taking = split.filter((route) => narrowed(route, step).some((one) => !elsewhere.has(matchedBy(one))))
  if (taking.length === 0) {
    return `no route of HTTPProxy "${name}" can match this and what the route matches already`
  }
  const mirrors = step.mirror && taking.flatMap(({ services = [] }) => services.filter(({ mirror }) => mirror === true))
  return mirrors?.[0] === undefined
    ? undefined
    : `a route of HTTPProxy "${name}" mirrors to Service "${mirrors[0].name}" already, and Contour takes one mirror in a route`
}

/** Faults of an HTTPProxy, and of the steps that need routes in it. */
export const proxyFaults = ({
  object,
  named: { name, field },
  rollout,
}: SplitContext<Spec, HttpProxy>): readonly FieldError[] => {
  const roles = serviceRolesOf(rollout)
  const { split, others } = ownRoutes(object, managedPartsOf(object, rollout), roles)
  const byTcp = hasBothServices(object.spec.tcpproxy?.services ?? [], serviceShape, roles)
  if (split.length === 0 && !byTcp) {
    const services = `stable Service "${roles.stable}" and canary Service "${roles.canary}"`
    return [invalid(field, name, `no route of HTTPProxy "${name}" has both the ${services}`)]
  }
  return routeSteps(rollout).flatMap((step) => {
    const fault = stepFault(step, split, others, name)
    return fault === undefined ? [] : [invalid(step.field, step.header?.name ?? step.mirror?.name ?? '', fault)]
  })
}
