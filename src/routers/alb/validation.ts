import { type FieldError, invalid } from '../../api/field-error.ts'
import { useAnnotation } from '../../api/kubernetes/alb-action.ts'
import type { Rollout } from '../../api/rollout.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import type { KnownObjects } from '../router.ts'
import { usesAction } from './header-paths.ts'
import { type AlbSpec, albField, ingressIn, type NamedIngress, namedIngresses, rootActionOf } from './spec.ts'
import { headerStepErrors } from './step-validation.ts'

const ingressFaults = (
  { name, field }: NamedIngress,
  root: string,
  rollout: DeepReadonly<Rollout>,
  known: KnownObjects,
): readonly FieldError[] => {
  const ingress = ingressIn(name, rollout, known)
  if (ingress === undefined) return [invalid(field, name, `ingress.networking.k8s.io "${name}" not found`)]
  const paths = (ingress.spec.rules ?? []).flatMap(({ http }) => http?.paths ?? [])
  const naming = paths.filter(({ backend }) => backend.service?.name === root)
  if (naming.length === 0)
    return [invalid(field, name, `ingress \`${name}\` has no rules using service ${root} backend`)]
  if (naming.some((path) => usesAction(path, root))) return []
  const detail =
    `ingress \`${name}\` sends requests to service ${root} itself: name the port of this backend ${useAnnotation}, or ` +
    'the load balancer does not see the weights'
  return [invalid(field, name, detail)]
}

const exactlyOneField = ({ ingress = '', ingresses = [] }: AlbSpec): readonly FieldError[] => {
  if ((ingress === '') !== (ingresses.length === 0)) return []
  const which = ingress === '' ? 'Neither are configured.' : 'Both are configured.'
  return [{ type: 'Internal', field: albField, detail: `Either Ingress or Ingresses must be configured. ${which}` }]
}

/** The range that AWS takes (Elastic Load Balancing API, TargetGroupStickinessConfig). */
const stickinessFaults = ({ stickinessConfig }: AlbSpec): readonly FieldError[] => {
  const { enabled = false, durationSeconds = 0 } = stickinessConfig ?? {}
  if (!enabled || (durationSeconds >= 1 && durationSeconds <= 604_800)) return []
  const detail = "TargetGroupStickinessConfig's duration must be between 1 and 604800 seconds (7 days)!"
  return [invalid(`${albField}.stickinessConfig.durationSeconds`, durationSeconds, detail)]
}

/** What a path names as its backend, which the API server holds to the rules for names of Services. */
const serviceName = /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/

const nameFault = (name: string, root: string): string | undefined => {
  if (name === root) return 'a route must not have the name of the Service whose action is weighted'
  return serviceName.test(name)
    ? undefined
    : 'a route of an Ingress needs a name that a Service could have: lower case letters, digits and "-", beginning with a letter'
}

const nameFaults = (root: string, { spec }: DeepReadonly<Rollout>): readonly FieldError[] =>
  (spec.strategy?.canary?.trafficRouting?.managedRoutes ?? []).flatMap(({ name }, index) => {
    const fault = nameFault(name, root)
    const field = `spec.strategy.canary.trafficRouting.managedRoutes[${index}].name`
    return fault === undefined ? [] : [invalid(field, name, fault)]
  })

/** Faults of a spec in the light of its Ingresses. */
export const albFaults = (
  spec: AlbSpec,
  rollout: DeepReadonly<Rollout>,
  known: KnownObjects,
): readonly FieldError[] => {
  const root = rootActionOf(spec, rollout)
  return [
    ...exactlyOneField(spec),
    ...stickinessFaults(spec),
    ...nameFaults(root, rollout),
    ...namedIngresses(spec).flatMap((ingress) => ingressFaults(ingress, root, rollout, known)),
    ...headerStepErrors(spec, rollout, known),
  ]
}
