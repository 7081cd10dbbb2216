import type { DeepReadonly } from '../../lib/json.ts'
import { type FieldError, invalid } from '../field-error.ts'
import type { Service } from '../kubernetes/service.ts'
import { managedByAnnotation, podTemplateHashLabel } from '../labels.ts'
import type { RolloutManifest } from '../rollout.ts'

/** A Service that a strategy names, and where. */
export interface ServiceReference {
  readonly name: string
  readonly field: string
}

/** The Services that the strategy of a Rollout names. */
export const serviceReferences = ({
  spec,
}: DeepReadonly<Pick<RolloutManifest, 'spec'>>): readonly ServiceReference[] => {
  const { canary, blueGreen } = spec.strategy ?? {}
  const at = 'spec.strategy'
  const named: readonly (readonly [string | undefined, string])[] = [
    [blueGreen?.activeService, `${at}.blueGreen.activeService`],
    [blueGreen?.previewService, `${at}.blueGreen.previewService`],
    [canary?.stableService, `${at}.canary.stableService`],
    [canary?.canaryService, `${at}.canary.canaryService`],
    [canary?.pingPong?.pingService, `${at}.canary.pingPong.pingService`],
    [canary?.pingPong?.pongService, `${at}.canary.pingPong.pongService`],
  ]
  return named.flatMap(([name, field]) => (name === undefined || name === '' ? [] : [{ name, field }]))
}

/** Faults of one referenced Service: absent, selecting other pods, or serving another Rollout. */
export const serviceErrors = (
  rollout: DeepReadonly<Pick<RolloutManifest, 'spec' | 'metadata'>>,
  { name, field }: ServiceReference,
  service: DeepReadonly<Service> | undefined,
): readonly FieldError[] => {
  if (service === undefined) return [invalid(field, name, `service "${name}" not found`)]
  const labels = rollout.spec.template?.metadata?.labels ?? {}
  const foreign = Object.entries(service.spec.selector ?? {}).filter(
    ([key, value]) => key !== podTemplateHashLabel && labels[key] !== value,
  )
  const manager = service.metadata.annotations?.[managedByAnnotation]
  return [
    ...foreign.map(([key]) => invalid(field, name, `Service "${name}" has unmatch label "${key}" in rollout`)),
    ...(manager === undefined || manager === rollout.metadata.name
      ? []
      : [invalid(field, name, `Service "${name}" is managed by another Rollout`)]),
  ]
}
