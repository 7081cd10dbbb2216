import { type FieldError, invalid } from '../../api/field-error.ts'
import type { HttpProxy } from '../../api/kubernetes/http-proxy.ts'
import type { Rollout } from '../../api/rollout.ts'
import type { ContourRouting } from '../../api/routers/contour.ts'
import { serviceRolesOf } from '../../api/service-roles.ts'
import type { SetMirrorRoute } from '../../api/steps.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import type { SplitContext } from '../split-object.ts'
import { hasBothServices } from '../weighted-entries.ts'
import { narrowedByHeaders, narrowedByMirror } from './conditions.ts'
import { serviceShape, splitRoutes } from './routes.ts'

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

/** Faults of an HTTPProxy, and of the steps that need routes in it. */
export const proxyFaults = ({
  object,
  named: { name, field },
  rollout,
}: SplitContext<Spec, HttpProxy>): readonly FieldError[] => {
  const roles = serviceRolesOf(rollout)
  const split = splitRoutes(object, roles)
  const byTcp = hasBothServices(object.spec.tcpproxy?.services ?? [], serviceShape, roles)
  if (split.length === 0 && !byTcp) {
    const services = `stable Service "${roles.stable}" and canary Service "${roles.canary}"`
    return [invalid(field, name, `no route of HTTPProxy "${name}" has both the ${services}`)]
  }
  return steps(rollout).flatMap(({ step: { setHeaderRoute: header, setMirrorRoute: mirror }, field: at }) => {
    const detail = `no route of HTTPProxy "${name}" can match this and what the route matches already`
    const takes = (narrow: (route: (typeof split)[number]) => readonly unknown[]): boolean =>
      split.some((route) => narrow(route).length > 0)
    const byHeader = { name: '', match: header?.match ?? [] }
    const byMirror = { name: '', match: mirror?.match ?? [], percentage: 100 }
    return [
      ...(header?.match?.length && !takes(({ conditions = [] }) => narrowedByHeaders(conditions, byHeader))
        ? [invalid(`${at}.setHeaderRoute`, header.name ?? '', detail)]
        : []),
      ...(mirror?.match?.length && !takes(({ conditions = [] }) => narrowedByMirror(conditions, byMirror))
        ? [invalid(`${at}.setMirrorRoute`, mirror.name, detail)]
        : []),
    ]
  })
}
