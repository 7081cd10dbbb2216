import { type FieldError, invalid } from '../../api/field-error.ts'
import type { Rollout } from '../../api/rollout.ts'
import type { NginxRouting } from '../../api/routers/nginx.ts'
import type { SetHeaderRoute } from '../../api/steps.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { routeSteps, routesAfter } from '../route-steps.ts'
import { cookieForCanary, isRouteAnnotation } from './route-annotations.ts'

const at = 'spec.strategy.canary'

const conditionErrors = (
  { name = '', match = [], cookie }: DeepReadonly<SetHeaderRoute>,
  field: string,
): readonly FieldError[] => [
  ...(match.length + (cookie === undefined ? 0 : 1) > 1
    ? [invalid(field, name, 'ingress-nginx takes either one header or one cookie in a route')]
    : []),
  ...(cookie === undefined || cookie.value.exact === cookieForCanary
    ? []
    : [
        invalid(
          `${field}.cookie.value`,
          cookie.value.exact ?? cookie.value.prefix ?? cookie.value.regex ?? '',
          `ingress-nginx knows cookies with the value "${cookieForCanary}" only: use \`exact: ${cookieForCanary}\``,
        ),
      ]),
]

/** The first step at which more routes of a kind are in force than an Ingress has annotations for. */
const numberErrors = (rollout: DeepReadonly<Rollout>): readonly FieldError[] => {
  const { steps = [] } = rollout.spec.strategy?.canary ?? {}
  const index = steps.findIndex((_, last) => {
    const { headerRoutes } = routesAfter(steps.slice(0, last + 1), [])
    const withCookie = headerRoutes.filter(({ cookie }) => cookie !== undefined).length
    return withCookie > 1 || headerRoutes.length - withCookie > 1
  })
  const name = steps[index]?.setHeaderRoute?.name ?? ''
  const detail =
    'ingress-nginx takes one route by a header and one by a cookie at a time: remove the former by a step of its name'
  return index < 0 ? [] : [invalid(`${at}.steps[${index}].setHeaderRoute`, name, detail)]
}

/** Faults of setHeaderRoute steps that the annotations of a canary Ingress cannot say. */
export const stepErrors = (
  { canaryIngressAnnotations = {}, additionalIngressAnnotations = {} }: DeepReadonly<NginxRouting>,
  rollout: DeepReadonly<Rollout>,
): readonly FieldError[] => {
  const steps = routeSteps(rollout).flatMap(({ field, header }) => (header === undefined ? [] : [{ field, header }]))
  if (steps.length === 0) return []
  const own = [...Object.keys(canaryIngressAnnotations), ...Object.keys(additionalIngressAnnotations)]
  const taken = own.find((key) => isRouteAnnotation(`/${key}`))
  const detail = 'cannot be given beside setHeaderRoute steps, which are made of this annotation: remove one of the two'
  return [
    ...(taken === undefined ? [] : [invalid(`${at}.trafficRouting.nginx.canaryIngressAnnotations`, taken, detail)]),
    ...steps.flatMap(({ field, header }) => conditionErrors(header, field)),
    ...numberErrors(rollout),
  ]
}
