import { encodeAsGo } from '../../lib/go-json.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { pauseDurationSeconds } from '../../lib/pause-duration.ts'
import { maxTrafficWeightOf } from '../defaults.ts'
import { type FieldError, invalid, required } from '../field-error.ts'
import type { RolloutSpec } from '../rollout-spec.ts'
import { canaryStepFields } from '../schema/canary-step-fields.ts'
import type { CanaryStep } from '../steps.ts'
import type { TrafficRouting } from '../traffic-routing.ts'
import { requestConditionErrors } from './request-conditions.ts'
import { stepArgumentErrors } from './step-arguments.ts'
import { routeMatchErrors } from './string-match.ts'

type Step = DeepReadonly<CanaryStep>
type Routing = DeepReadonly<TrafficRouting> | undefined

/** A value as the published types print it in a message: their field order, their omissions. */
const shown = (type: string, value: unknown): unknown => JSON.parse(encodeAsGo(canaryStepFields, type, value))

const hasPlugins = (routing: Routing): boolean => Object.keys(routing?.plugins ?? {}).length > 0

const kindDetail = 'Step must have one of the following set: experiment, setWeight, setCanaryScale, plugin or pause'

const kinds = [
  ['Experiment', 'experiment'],
  ['Pause', 'pause'],
  ['SetWeight', 'setWeight'],
  ['Analysis', 'analysis'],
  ['SetCanaryScale', 'setCanaryScale'],
  ['SetHeaderRoute', 'setHeaderRoute'],
  ['SetMirrorRoute', 'setMirrorRoute'],
  ['Plugin', 'plugin'],
] as const

const kindErrors = (step: Step, at: string): readonly FieldError[] => {
  // The published message prints what is set for too many kinds, and what is missing for none.
  const exclusive = kinds.slice(0, 4)
  const set = exclusive.filter(([, key]) => step[key] !== undefined)
  const flags = (list: readonly (readonly [string, keyof CanaryStep])[], whenSet: boolean): string =>
    list.map(([name, key]) => `step.${name}: ${(step[key] !== undefined) === whenSet}`).join(' ')
  return [
    ...(set.length > 1 ? [invalid(at, flags(exclusive, true), kindDetail)] : []),
    ...(kinds.every(([, key]) => step[key] === undefined) ? [invalid(at, flags(kinds, false), kindDetail)] : []),
  ]
}

const weightErrors = (step: Step, at: string, maximum: number): readonly FieldError[] =>
  step.setWeight === undefined || (step.setWeight >= 0 && step.setWeight <= maximum)
    ? []
    : [invalid(`${at}.setWeight`, step.setWeight, `SetWeight needs to be between 0 and ${maximum}`)]

const pauseErrors = (step: Step, at: string): readonly FieldError[] => {
  const seconds = step.pause === undefined ? 0 : pauseDurationSeconds(step.pause.duration)
  return seconds < 0 ? [invalid(`${at}.pause.duration`, seconds, 'Duration needs to be greater than 0')] : []
}

const scaleErrors = (step: Step, routing: Routing): readonly FieldError[] =>
  step.setCanaryScale === undefined || routing !== undefined
    ? []
    : [required('spec.strategy.trafficRouting', 'SetCanaryScale requires TrafficRouting to be set')]

const headerErrors = (step: Step, at: string, routing: Routing): readonly FieldError[] => {
  if (step.setHeaderRoute === undefined) return []
  const supported =
    routing?.istio ??
    routing?.alb ??
    routing?.apisix ??
    routing?.gatewayAPI ??
    routing?.contour ??
    routing?.gloo ??
    routing?.kuma ??
    routing?.nginx ??
    routing?.skipper
  const value = shown('#SetHeaderRoute', step.setHeaderRoute)
  return [
    ...(supported === undefined && !hasPlugins(routing)
      ? [
          invalid(
            `${at}.setHeaderRoute`,
            value,
            'SetHeaderRoute requires TrafficRouting, supports Istio and ALB and Apisix',
          ),
        ]
      : []),
    ...(step.setHeaderRoute.match ?? []).flatMap(({ headerValue }, index) =>
      routeMatchErrors(headerValue, `${at}.setHeaderRoute.match[${index}]`, routing?.alb !== undefined),
    ),
    ...requestConditionErrors(step.setHeaderRoute, `${at}.setHeaderRoute`),
  ]
}

const mirrorErrors = (step: Step, at: string, routing: Routing): readonly FieldError[] => {
  if (step.setMirrorRoute === undefined) return []
  const supported =
    routing?.istio ??
    routing?.gatewayAPI ??
    routing?.contour ??
    routing?.gloo ??
    routing?.traefik?.mirroringTraefikServiceName
  const unsupported = supported === undefined && !hasPlugins(routing)
  const value = shown('#SetMirrorRoute', step.setMirrorRoute)
  return [
    ...(unsupported
      ? [invalid(`${at}.setMirrorRoute`, value, 'SetMirrorRoute requires TrafficRouting, supports Istio and Plugins')]
      : []),
    ...(step.setMirrorRoute.match ?? []).flatMap((match, index) => {
      const field = `${at}.setMirrorRoute.match[${index}]`
      // The published validation looks at the method twice, and scripts compare its messages.
      return [match.method, match.path, match.method]
        .filter((candidate) => candidate !== undefined)
        .flatMap((candidate) => routeMatchErrors(candidate, field, false))
    }),
  ]
}

const experimentErrors = (step: Step, at: string, routing: Routing): readonly FieldError[] =>
  (step.experiment?.templates ?? []).flatMap((template, index) => {
    if (template.weight === undefined) return []
    const field = `${at}.experiment.templates[${index}].weight`
    if (routing === undefined) {
      return [
        invalid(field, template.weight, 'Experiment template weight cannot be set unless TrafficRouting is enabled'),
      ]
    }
    const detail =
      'Experiment template weight is only available for TrafficRouting with SMI, ALB, Istio and Plugins at this time'
    const supported =
      routing.smi ??
      routing.alb ??
      routing.istio ??
      routing.gatewayAPI ??
      routing.traefik ??
      routing.contour ??
      routing.gloo ??
      routing.kuma
    return supported === undefined && !hasPlugins(routing) ? [invalid(field, template.weight, detail)] : []
  })

const managedRouteErrors = (step: Step, at: string, routing: Routing): readonly FieldError[] => {
  if (routing === undefined) return []
  return (['setHeaderRoute', 'setMirrorRoute'] as const).flatMap((kind) => {
    const route = step[kind]
    if (route === undefined) return []
    if (routing.managedRoutes === undefined) {
      const missing = 'spec.strategy.canary.trafficRouting.managedRoutes'
      return [required('spec.strategy.trafficRouting.managedRoutes', `Rollout has missing field '${missing}'`)]
    }
    const detail = 'Steps define a route that does not exist in spec.strategy.canary.trafficRouting.managedRoutes'
    return routing.managedRoutes.some(({ name }) => name === route.name)
      ? []
      : [invalid(`${at}.${kind}`, route.name ?? '', detail)]
  })
}

/** Faults of the canary steps, in the order and the words of the published validation. */
export const canaryStepErrors = (spec: DeepReadonly<RolloutSpec>): readonly FieldError[] => {
  const canary = spec.strategy?.canary
  const routing = canary?.trafficRouting
  return (canary?.steps ?? []).flatMap((step, index) => {
    const at = `spec.strategy.steps[${index}]`
    return [
      ...kindErrors(step, at),
      ...weightErrors(step, at, maxTrafficWeightOf({ spec })),
      ...pauseErrors(step, at),
      ...scaleErrors(step, routing),
      ...headerErrors(step, at, routing),
      ...mirrorErrors(step, at, routing),
      ...experimentErrors(step, at, routing),
      ...stepArgumentErrors(step, at),
      ...managedRouteErrors(step, at, routing),
    ]
  })
}
