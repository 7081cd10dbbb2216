import type { TraefikService } from '../../api/kubernetes/traefik-service.ts'
import type { TrafficSplit } from '../../api/kubernetes/traffic-split.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import type { ServiceShare } from './split.ts'

/** An object that splits requests by weights in a list, and has no say about which requests. */
export type WeightedObject = DeepReadonly<TrafficSplit | TraefikService>

/** Kinds of {@link WeightedObject}. */
export const weightedKinds = ['TrafficSplit', 'TraefikService'] as const

interface Weighted {
  readonly service: string
  readonly weight: number
}

const listOf = (object: WeightedObject): readonly Weighted[] =>
  object.kind === 'TrafficSplit'
    ? object.spec.backends.map(({ service, weight }) => ({ service, weight: Number(weight) }))
    : (object.spec.weighted?.services ?? []).map(({ name, weight = 1 }) => ({ service: name, weight }))

/** A list whose weights are all 0 sends requests nowhere. */
const sharesOfList = (list: readonly Weighted[], part: number): readonly ServiceShare[] => {
  const total = list.reduce((sum, { weight }) => sum + weight, 0)
  if (total === 0) return [{ service: '', share: part }]
  return list.map(({ service, weight }) => ({ service, share: (part * weight) / total }))
}

/** How objects that name one of the Services split requests: every list counts the same. Undefined when none names any. */
export const sharesOfWeightedObjects = (
  objects: readonly WeightedObject[],
  services: ReadonlySet<string>,
): readonly ServiceShare[] | undefined => {
  const lists = objects.map(listOf).filter((list) => list.some(({ service }) => services.has(service)))
  return lists.length === 0 ? undefined : lists.flatMap((list) => sharesOfList(list, 1 / lists.length))
}
