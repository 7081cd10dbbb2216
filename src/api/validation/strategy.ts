import type { DeepReadonly } from '../../lib/json.ts'
import type { AntiAffinity } from '../anti-affinity.ts'
import type { CanaryStrategy } from '../canary.ts'
import { maxSurgeOf, maxUnavailableOf, revisionHistoryLimitOf } from '../defaults.ts'
import { type FieldError, invalid, required } from '../field-error.ts'
import type { RolloutSpec } from '../rollout-spec.ts'
import type { IntOrString } from '../scalars.ts'
import { canaryStepErrors } from './canary-steps.ts'
import { sessionAffinityErrors } from './session-affinity.ts'

type Spec = DeepReadonly<RolloutSpec>
type Canary = DeepReadonly<CanaryStrategy>

// The published paths leave out which strategy they mean, and scripts compare them.
const at = 'spec.strategy'

const antiAffinityErrors = (antiAffinity: DeepReadonly<AntiAffinity> | undefined): readonly FieldError[] => {
  if (antiAffinity === undefined) return []
  const preferred = antiAffinity.preferredDuringSchedulingIgnoredDuringExecution
  const [hasPreferred, hasRequired] = [
    preferred !== undefined,
    antiAffinity.requiredDuringSchedulingIgnoredDuringExecution !== undefined,
  ]
  const flags =
    `antiAffinity.PreferredDuringSchedulingIgnoredDuringExecution: ${hasPreferred} ` +
    `antiAffinity.RequiredDuringSchedulingIgnoredDuringExecution: ${hasRequired}`
  const field = `${at}.antiAffinity`
  return [
    ...(hasPreferred === hasRequired
      ? [invalid(field, flags, 'AntiAffinity must have exactly one strategy listed')]
      : []),
    ...(preferred !== undefined && (preferred.weight < 1 || preferred.weight > 100)
      ? [invalid(`${field}.weight`, preferred.weight, 'AntiAffinity weight must be between 1-100')]
      : []),
  ]
}

const blueGreenErrors = (spec: Spec): readonly FieldError[] => {
  const blueGreen = spec.strategy?.blueGreen
  if (blueGreen === undefined) return []
  const limit = blueGreen.scaleDownDelayRevisionLimit
  const sameService =
    'This rollout uses the same service for the active and preview services, but two different services are required.'
  const tooMany = "This rollout's revision history limit can not be smaller than the rollout's scale down limit"
  const active = blueGreen.activeService ?? ''
  return [
    ...(active === (blueGreen.previewService ?? '') ? [invalid(`${at}.activeService`, active, sameService)] : []),
    ...(limit !== undefined && limit > revisionHistoryLimitOf({ spec })
      ? [invalid(`${at}.scaleDownDelayRevisionLimit`, limit, tooMany)]
      : []),
    ...antiAffinityErrors(blueGreen.antiAffinity),
  ]
}

/** A number or a percentage before it is applied: text that is neither counts as 0, as published. */
const magnitudeOf = (value: IntOrString): number => {
  if (typeof value === 'number') return value
  return /^([0-9]+%|[-+]?[0-9]+)$/.test(value) ? Number.parseInt(value, 10) : 0
}

const surgeErrors = (spec: Spec): readonly FieldError[] =>
  magnitudeOf(maxSurgeOf({ spec })) === 0 && magnitudeOf(maxUnavailableOf({ spec })) === 0
    ? [invalid(`${at}.maxSurge`, maxSurgeOf({ spec }), 'MaxSurge and MaxUnavailable both can not be zero')]
    : []

/** The routers that the published API does not have: each takes its Services, and its total weight, as they come. */
const addedRouter = (routing: Canary['trafficRouting']): object | undefined =>
  routing?.gatewayAPI ?? routing?.contour ?? routing?.gloo ?? routing?.kuma ?? routing?.skipper

const pingPongErrors = ({ pingPong, trafficRouting }: Canary): readonly FieldError[] => {
  if (pingPong === undefined) return []
  const { alb, istio, plugins = {} } = trafficRouting ?? {}
  const [ping, pong] = [pingPong.pingService ?? '', pingPong.pongService ?? '']
  const unset = 'Ping service and Pong service must to be set to use Ping-Pong feature'
  const same =
    'This rollout uses the same service for the ping and pong services, but two different services are required.'
  const noRouter = 'Ping-pong feature works with the ALB, Istio, and plugin-based traffic routers only'
  const noRoot = 'Root service field is required for the configuration with ALB and ping-pong feature enabled'
  const router = alb ?? istio ?? addedRouter(trafficRouting)
  const unsupported = trafficRouting !== undefined && router === undefined && Object.keys(plugins).length === 0
  return [
    ...(unsupported ? [invalid(`${at}.trafficRouting.alb`, null, noRouter)] : []),
    ...(ping === '' ? [invalid(`${at}.pingPong.pingService`, ping, unset)] : []),
    ...(pong === '' ? [invalid(`${at}.pingPong.pongService`, pong, unset)] : []),
    ...(ping === pong ? [invalid(`${at}.pingPong.pingService`, ping, same)] : []),
    ...(alb !== undefined && !alb.rootService ? [invalid(`${at}.trafficRouting.alb.rootService`, '', noRoot)] : []),
  ]
}

const needsServices = ({ trafficRouting, pingPong }: Canary): boolean => {
  const { alb, istio, smi, apisix, ambassador, nginx, appMesh, traefik } = trafficRouting ?? {}
  const always = smi ?? apisix ?? ambassador ?? nginx ?? appMesh ?? traefik
  if (always !== undefined) return true
  if (pingPong !== undefined) return false
  if ((alb ?? addedRouter(trafficRouting)) !== undefined) return true
  return istio !== undefined && istio.destinationRule === undefined
}

const serviceErrors = (canary: Canary): readonly FieldError[] => {
  const { stableService = '', canaryService = '' } = canary
  const same =
    'This rollout uses the same service for the stable and canary services, but two different services are required.'
  const unset = 'Canary service and Stable service must to be set to use Traffic Routing'
  return [
    ...(stableService !== '' && stableService === canaryService
      ? [invalid(`${at}.stableService`, stableService, same)]
      : []),
    ...pingPongErrors(canary),
    ...(needsServices(canary) && stableService === '' ? [invalid(`${at}.stableService`, '', unset)] : []),
    ...(needsServices(canary) && canaryService === '' ? [invalid(`${at}.canaryService`, '', unset)] : []),
  ]
}

const routingOnlyErrors = (canary: Canary): readonly FieldError[] => {
  const { scaleDownDelaySeconds: delay, dynamicStableScale = false, trafficRouting } = canary
  const dynamic = (detail: string): FieldError => invalid(`${at}.dynamicStableScale`, dynamicStableScale, detail)
  if (trafficRouting === undefined) {
    const detail = 'Canary scaleDownDelaySeconds can only be used with traffic routing'
    return [
      ...(delay === undefined ? [] : [invalid(`${at}.scaleDownDelaySeconds`, delay, detail)]),
      ...(dynamicStableScale ? [dynamic('Canary dynamicStableScale can only be used with traffic routing')] : []),
    ]
  }
  const { maxTrafficWeight, nginx, plugins = {} } = trafficRouting
  const canCount = (nginx ?? addedRouter(trafficRouting)) !== undefined || Object.keys(plugins).length > 0
  const detail = 'Canary maxTrafficWeight in traffic routing only supported in Nginx and Plugins'
  return [
    ...sessionAffinityErrors(trafficRouting.sessionAffinity),
    ...(dynamicStableScale && delay !== undefined
      ? [dynamic('Canary dynamicStableScale cannot be used with scaleDownDelaySeconds')]
      : []),
    ...(maxTrafficWeight !== undefined && !canCount
      ? [invalid(`${at}.trafficRouting.maxTrafficWeight`, maxTrafficWeight, detail)]
      : []),
  ]
}

/** A total of nothing has no shares; the published validation lets it pass, and the release then stops at its first pods. */
const totalErrors = ({ trafficRouting }: Canary): readonly FieldError[] => {
  const total = trafficRouting?.maxTrafficWeight ?? 1
  return total >= 1 ? [] : [invalid(`${at}.trafficRouting.maxTrafficWeight`, total, 'must be greater than 0')]
}

const canaryErrors = (spec: Spec): readonly FieldError[] => {
  const canary = spec.strategy?.canary
  if (canary === undefined) return []
  return [
    ...surgeErrors(spec),
    ...serviceErrors(canary),
    ...routingOnlyErrors(canary),
    ...canaryStepErrors(spec),
    ...antiAffinityErrors(canary.antiAffinity),
    ...totalErrors(canary),
  ]
}

/** Faults of `spec.strategy`, in the order, with the paths and in the words of the published validation. */
export const strategyErrors = (spec: Spec): readonly FieldError[] => {
  const { canary, blueGreen } = spec.strategy ?? {}
  if (canary === undefined && blueGreen === undefined) {
    const missing = '.spec.strategy.canary or .spec.strategy.blueGreen'
    return [required(`${at}.strategy`, `Rollout has missing field '${missing}'`)]
  }
  if (canary !== undefined && blueGreen !== undefined) {
    return [invalid(`${at}.strategy`, 'blueGreen: true canary: true', 'Multiple Strategies can not be listed')]
  }
  return blueGreen === undefined ? canaryErrors(spec) : blueGreenErrors(spec)
}
