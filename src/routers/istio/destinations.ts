import type { WeightedDestination } from '../../api/kubernetes/istio.ts'
import type { Rollout } from '../../api/rollout.ts'
import type { IstioRouting } from '../../api/routers/istio.ts'
import type { ServiceRoles } from '../../api/service-roles.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import type { TrafficIntent } from '../router.ts'

type Weighted = DeepReadonly<WeightedDestination>

/** How the destinations of routes are told apart: by the host of a Service, or by subsets of one host. */
export interface DestinationRoles extends ServiceRoles {
  /** Namespace of the Services. */
  readonly namespace: string
  readonly subsets?: DeepReadonly<NonNullable<IstioRouting['destinationRule']>> | undefined
}

/** What a destination is to the release; `kept` is a subset that the spec wants to keep its weight. */
export type DestinationRole = 'canary' | 'stable' | 'kept' | 'other'

/** The roles of destinations by the names of the two Services and the subsets of a spec. */
export const rolesOf = (
  services: ServiceRoles,
  { destinationRule }: DeepReadonly<IstioRouting>,
  rollout: DeepReadonly<Pick<Rollout, 'metadata'>>,
): DestinationRoles => ({ ...services, namespace: rollout.metadata.namespace ?? '', subsets: destinationRule })

/**
 * Whether a destination means a Service of the Rollout. As published, only the first label of the host counts, but a host
 * that says by `.svc` that it is in another namespace is another one.
 */
export const leadsTo = ({ destination = {} }: Weighted, service: string, namespace: string): boolean => {
  const [name, place, kind] = (destination.host ?? '').split('.')
  return service !== '' && name === service && (kind !== 'svc' || place === namespace)
}

/** What a destination is to the release. Where the spec names subsets, they alone decide. */
export const roleOf = (weighted: Weighted, roles: DestinationRoles): DestinationRole => {
  const { subsets, canary, stable, namespace } = roles
  if (subsets !== undefined) {
    const subset = weighted.destination?.subset ?? ''
    if (subset === '') return 'other'
    if (subset === subsets.canarySubsetName) return 'canary'
    if (subset === subsets.stableSubsetName) return 'stable'
    return subsets.additionalSubsetNames?.includes(subset) ? 'kept' : 'other'
  }
  if (leadsTo(weighted, canary, namespace)) return 'canary'
  return leadsTo(weighted, stable, namespace) ? 'stable' : 'other'
}

/** Istio takes an absent weight beside other destinations for 0. */
const withWeight = (weighted: Weighted, weight: number): Weighted =>
  (weighted.weight ?? 0) === weight ? weighted : { ...weighted, weight }

/** A host that means a Service of the Rollout also in a VirtualService of another namespace. */
const hostOf = (service: string, { namespace }: DestinationRoles, ownNamespace: string): string =>
  namespace === ownNamespace ? service : `${service}.${namespace}.svc.cluster.local`

/**
 * The destinations of a route with the intended weights. As published: the shares of experiments and of subsets that keep
 * theirs are taken from the stable one, a version of an experiment gets a destination of its own, and a destination that is
 * nothing of all this goes, such as that of a former experiment. `ownNamespace` is that of the VirtualService.
 */
export const weightedDestinations = (
  destinations: readonly Weighted[],
  roles: DestinationRoles,
  intent: TrafficIntent,
  ownNamespace: string,
): readonly Weighted[] => {
  const kept = destinations
    .filter((one) => roleOf(one, roles) === 'kept')
    .reduce((sum, { weight = 0 }) => sum + weight, 0)
  const forExperiment = (one: Weighted) =>
    intent.additional.find(({ serviceName }) => leadsTo(one, serviceName, roles.namespace))
  const present = destinations.flatMap((one) => {
    const role = roleOf(one, roles)
    if (role === 'canary') return [withWeight(one, intent.canary.weight)]
    if (role === 'stable') return [withWeight(one, Math.max(0, intent.stable.weight - kept))]
    if (role === 'kept') return [one]
    const experiment = forExperiment(one)
    return experiment === undefined ? [] : [withWeight(one, experiment.weight)]
  })
  const added = intent.additional
    .filter((experiment) => !present.some((one) => forExperiment(one) === experiment))
    .map(({ serviceName, weight }) => ({ destination: { host: hostOf(serviceName, roles, ownNamespace) }, weight }))
    .sort((a, b) => (a.destination.host < b.destination.host ? -1 : 1))
  return [...present, ...added]
}
