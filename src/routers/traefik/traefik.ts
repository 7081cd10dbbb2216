import { type FieldError, invalid } from '../../api/field-error.ts'
import type { TraefikDestination, TraefikService } from '../../api/kubernetes/traefik-service.ts'
import type { TraefikRouting } from '../../api/routers/traefik.ts'
import { serviceRolesOf } from '../../api/service-roles.ts'
import type { Resource } from '../../kube/resource.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import type { Router, TrafficIntent } from '../router.ts'
import { type NamedObject, type SplitContext, splitObjectRouter } from '../split-object.ts'
import { type EntryShape, hasBothServices, weightedEntries } from '../weighted-entries.ts'
import { desiredMirroring, mirrorStepErrors } from './mirrors.ts'

const at = 'spec.strategy.canary.trafficRouting.traefik'
const weightedField = `${at}.weightedTraefikServiceName`

type Spec = DeepReadonly<TraefikRouting>
type Context = SplitContext<Spec, TraefikService>

const namedObjects = ({ weightedTraefikServiceName, mirroringTraefikServiceName }: Spec): readonly NamedObject[] => [
  { name: weightedTraefikServiceName, field: weightedField },
  ...(mirroringTraefikServiceName === undefined
    ? []
    : [{ name: mirroringTraefikServiceName, field: `${at}.mirroringTraefikServiceName` }]),
]

/** Destinations of one namespace, found by their name alone, as the published controller does. */
const shape = (namespace: string | undefined): EntryShape<TraefikDestination> => ({
  serviceOf: (entry) => ((entry.namespace ?? namespace) === namespace ? entry.name : undefined),
  weightOf: ({ weight }) => weight,
  withWeight: (entry, weight) => ({ ...entry, weight }),
  leadingTo: (entry, name) => ({ ...entry, name }),
})

const entriesOf = (object: DeepReadonly<TraefikService> | undefined): readonly DeepReadonly<TraefikDestination>[] =>
  object?.spec.weighted?.services ?? []

const mirroringOf = ({ object, spec, find }: Context, intent: TrafficIntent) => {
  const { mirroring } = object.spec
  if (mirroring === undefined) return {}
  const beside = entriesOf(find(spec.weightedTraefikServiceName))
  const like = beside.find(({ name }) => name === intent.canary.serviceName)
  return { mirroring: desiredMirroring(mirroring, intent, like) }
}

const faultsOf = ({ object, named: { name, field }, rollout }: Context): readonly FieldError[] => {
  if (field !== weightedField) {
    return object.spec.mirroring === undefined
      ? [invalid(field, name, `TraefikService "${name}" has no mirroring`)]
      : []
  }
  const roles = serviceRolesOf(rollout)
  if (hasBothServices(entriesOf(object), shape(rollout.metadata.namespace), roles)) return []
  const services = `stable Service "${roles.stable}" and canary Service "${roles.canary}"`
  return [invalid(field, name, `TraefikService "${name}" lacks the ${services} in weighted.services`)]
}

/**
 * Sets the weights of a weighted TraefikService, with entries for experiments, and the mirror of a mirroring one. Others
 * that they list, stickiness and all other settings stay as their owner wrote them.
 */
export const traefikRouter = (resource: Resource): Router<Spec> =>
  splitObjectRouter<Spec, TraefikService>({
    name: 'traefik',
    // Weights of a TraefikService are relative to each other (Traefik, "Weighted Round Robin"), so any total does.
    abilities: ['additional-destinations', 'mirror-routes', 'weights-beyond-100'],
    resource,
    named: namedObjects,
    desired: (intent, context, { backends = [] }) => {
      const { object, named, rollout } = context
      if (named.field !== weightedField) return { spec: mirroringOf(context, intent), parts: {} }
      if (object.spec.weighted === undefined) return { spec: {}, parts: {} }
      const services = weightedEntries(entriesOf(object), shape(rollout.metadata.namespace), intent, backends)
      return {
        spec: { weighted: { ...object.spec.weighted, services } },
        parts: { backends: intent.additional.map(({ serviceName }) => serviceName) },
      }
    },
    faults: faultsOf,
    specFaults: mirrorStepErrors,
  })
