import type { Mapping } from '../../api/kubernetes/mapping.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import type { WeightedList } from './split.ts'

const serviceOf = (service = ''): string => /^(?:\w+:\/\/)?([^.:/]+)/.exec(service)?.[1] ?? ''

/** What else Mappings must have in common for Ambassador to take them for one. */
const requestsOf = ({ spec: { service: _, weight: __, ...rest } }: DeepReadonly<Mapping>): string =>
  JSON.stringify(Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1)))

/** Mappings for the same requests share them: those with a weight get it, in per cent, and the others the rest. */
export const listsOfMappings = (mappings: readonly DeepReadonly<Mapping>[]): readonly WeightedList[] =>
  [...Map.groupBy(mappings, requestsOf).values()].map((group) => {
    const given = group.reduce((sum, { spec }) => sum + (spec.weight ?? 0), 0)
    const others = group.filter(({ spec }) => spec.weight === undefined).length
    return group.map(({ spec }) => ({
      service: serviceOf(spec.service),
      weight: spec.weight ?? Math.max(0, 100 - given) / others,
    }))
  })
