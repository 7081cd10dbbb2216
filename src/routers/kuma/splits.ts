import type { KumaDestination } from '../../api/kubernetes/kuma-traffic-route.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import type { EntryShape } from '../weighted-entries.ts'

const serviceTag = 'kuma.io/service'

/** Destinations that share requests. */
export type Split = readonly DeepReadonly<KumaDestination>[]

/** Kuma tags the pods of a Service `<service>_<namespace>_svc_<port>` (Kuma, "Data plane on Kubernetes"). */
export const destinationShape = (namespace: string): EntryShape<KumaDestination> => ({
  serviceOf: ({ destination }) => {
    const [service, ...rest] = destination?.[serviceTag]?.split('_') ?? []
    return rest[0] === namespace && rest[1] === 'svc' ? service : undefined
  },
  weightOf: ({ weight }) => weight,
  withWeight: (entry, weight) => ({ ...entry, weight }),
  leadingTo: (entry, name) => {
    const [, ...rest] = entry.destination?.[serviceTag]?.split('_') ?? []
    return { ...entry, destination: { ...entry.destination, [serviceTag]: [name, ...rest].join('_') } }
  },
})
