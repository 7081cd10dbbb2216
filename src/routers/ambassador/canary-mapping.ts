import type { Mapping } from '../../api/kubernetes/mapping.ts'
import { ownerReferenceTo } from '../../api/owner-reference.ts'
import type { Rollout } from '../../api/rollout.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import type { TrafficIntent } from '../router.ts'

const suffix = '-canary'
const longestName = 253

/** Name of the canary copy of a Mapping, as the published controller names it. */
export const canaryMappingName = (mapping: string): string =>
  `${mapping.slice(0, longestName - suffix.length)}${suffix}`

/** Scheme, name of the Service, and what follows it: namespace and port. */
const servicePattern = /^([a-z0-9+.-]+:\/\/)?([^.:/]+)(.*)$/i

/** Name of the Service to which a Mapping leads. */
export const serviceOf = ({ spec }: DeepReadonly<Mapping>): string | undefined =>
  servicePattern.exec(spec.service ?? '')?.[2]

/** What the canary copy routes: all that the Mapping does, to the canary Service, for its share of the requests. */
export const canaryMappingSpec = (
  { spec }: DeepReadonly<Mapping>,
  { canary }: TrafficIntent,
): DeepReadonly<Mapping['spec']> => ({
  ...spec,
  service: (spec.service ?? '').replace(servicePattern, `$1${canary.serviceName}$3`),
  weight: canary.weight,
})

/**
 * A canary copy that does not exist yet. It belongs to the Rollout and goes with it, and has the labels of the Mapping, by
 * which Hosts select Mappings.
 */
export const newCanaryMapping = (
  mapping: DeepReadonly<Mapping>,
  spec: DeepReadonly<Mapping['spec']>,
  rollout: DeepReadonly<Rollout>,
) => ({
  apiVersion: mapping.apiVersion,
  kind: 'Mapping',
  metadata: {
    name: canaryMappingName(mapping.metadata.name),
    namespace: rollout.metadata.namespace,
    ...(mapping.metadata.labels && { labels: mapping.metadata.labels }),
    ownerReferences: [ownerReferenceTo('Rollout', rollout)],
  },
  spec,
})
