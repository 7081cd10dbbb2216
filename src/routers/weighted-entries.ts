import type { DeepReadonly } from '../lib/json.ts'
import type { Destination, TrafficIntent } from './router.ts'

/** How a product writes one destination of a split in a list. */
export interface EntryShape<Entry> {
  /** The Service of the Rollout's namespace to which it leads. */
  serviceOf(entry: DeepReadonly<Entry>): string | undefined
  weightOf(entry: DeepReadonly<Entry>): number | undefined
  withWeight(entry: DeepReadonly<Entry>, weight: number): DeepReadonly<Entry>
  /** The same destination in all else, with another Service. */
  leadingTo(entry: DeepReadonly<Entry>, service: string): DeepReadonly<Entry>
}

type Roles = { readonly canary: string; readonly stable: string }

/** Whether a list splits between the two Services of a Rollout. */
export const hasBothServices = <Entry>(
  entries: readonly DeepReadonly<Entry>[],
  { serviceOf }: EntryShape<Entry>,
  { canary, stable }: Roles,
): boolean => [canary, stable].every((service) => entries.some((entry) => serviceOf(entry) === service))

/**
 * A list with the intended weights, with an entry for each version of an experiment, and without those of `former`
 * experiments. Entries that lead elsewhere stay as they are; a new entry is written like the stable one.
 */
export const weightedEntries = <Entry>(
  entries: readonly DeepReadonly<Entry>[],
  shape: EntryShape<Entry>,
  { canary, stable, additional }: TrafficIntent,
  former: readonly string[],
): readonly DeepReadonly<Entry>[] => {
  const weights = new Map([canary, stable, ...additional].map(({ serviceName, weight }) => [serviceName, weight]))
  const kept = entries
    .filter((entry) => {
      const service = shape.serviceOf(entry)
      return service === undefined || weights.has(service) || !former.includes(service)
    })
    .map((entry) => {
      const weight = weights.get(shape.serviceOf(entry) ?? '')
      return weight === undefined || shape.weightOf(entry) === weight ? entry : shape.withWeight(entry, weight)
    })
  const like = kept.find((entry) => shape.serviceOf(entry) === stable.serviceName)
  const isThere = ({ serviceName }: Destination): boolean =>
    kept.some((entry) => shape.serviceOf(entry) === serviceName)
  const added = additional.flatMap((destination) =>
    like === undefined || isThere(destination)
      ? []
      : [shape.withWeight(shape.leadingTo(like, destination.serviceName), destination.weight)],
  )
  return [...kept, ...added]
}
