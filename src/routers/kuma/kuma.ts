import { invalid } from '../../api/field-error.ts'
import type { KumaDestination, KumaTrafficRoute } from '../../api/kubernetes/kuma-traffic-route.ts'
import { kumaTrafficRoutes } from '../../api/resources.ts'
import type { KumaRouting } from '../../api/routers/kuma.ts'
import { serviceRolesOf } from '../../api/service-roles.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { splitObjectRouter } from '../split-object.ts'
import { type EntryShape, hasBothServices, weightedEntries } from '../weighted-entries.ts'

const at = 'spec.strategy.canary.trafficRouting.kuma.trafficRoutes'
const serviceTag = 'kuma.io/service'

type Split = readonly DeepReadonly<KumaDestination>[]

/** Kuma tags the pods of a Service `<service>_<namespace>_svc_<port>` (Kuma, "Data plane on Kubernetes"). */
const shape = (namespace: string): EntryShape<KumaDestination> => ({
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

const splitsOf = ({ spec: { conf } }: DeepReadonly<KumaTrafficRoute>): readonly Split[] =>
  [conf?.split, ...(conf?.http ?? []).map(({ split }) => split)].flatMap((split) => (split ? [split] : []))

/**
 * Sets the weights of the destinations in TrafficRoutes of Kuma that are one of the two Services, for all requests and for
 * those that its HTTP part matches, with destinations for experiments. All else stays as its owner wrote it.
 */
export const kumaRouter = splitObjectRouter<DeepReadonly<KumaRouting>, KumaTrafficRoute>({
  name: 'kuma',
  // Weights of a split are relative to each other (Kuma, "Traffic Route"), so any total does.
  abilities: ['additional-destinations', 'ping-pong', 'weights-beyond-100'],
  resource: kumaTrafficRoutes,
  named: (spec) => spec.trafficRoutes.map((name, index) => ({ name, field: `${at}[${index}]` })),
  field: at,
  desired: (intent, { object, rollout }, { backends = [] }) => {
    const { conf } = object.spec
    const roles = { canary: intent.canary.serviceName, stable: intent.stable.serviceName }
    const entry = shape(rollout.metadata.namespace ?? '')
    const weighted = (split: Split): Split =>
      hasBothServices(split, entry, roles) ? weightedEntries(split, entry, intent, backends) : split
    const { split, http } = conf ?? {}
    return {
      spec: {
        ...(conf !== undefined && {
          conf: {
            ...conf,
            ...(split && { split: weighted(split) }),
            ...(http && { http: http.map((one) => (one.split ? { ...one, split: weighted(one.split) } : one)) }),
          },
        }),
      },
      parts: { backends: intent.additional.map(({ serviceName }) => serviceName) },
    }
  },
  faults: ({ object, named: { name, field }, rollout }) => {
    const roles = serviceRolesOf(rollout)
    const entry = shape(rollout.metadata.namespace ?? '')
    if (splitsOf(object).some((split) => hasBothServices(split, entry, roles))) return []
    const services = `stable Service "${roles.stable}" and canary Service "${roles.canary}"`
    return [invalid(field, name, `no split of TrafficRoute "${name}" has both the ${services} as destinations`)]
  },
})
