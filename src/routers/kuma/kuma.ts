import { type FieldError, invalid } from '../../api/field-error.ts'
import type { KumaHttpRoute, KumaTrafficRoute } from '../../api/kubernetes/kuma-traffic-route.ts'
import { kumaTrafficRoutes } from '../../api/resources.ts'
import type { KumaRouting } from '../../api/routers/kuma.ts'
import { serviceRolesOf } from '../../api/service-roles.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { routeSteps } from '../route-steps.ts'
import { type SplitContext, splitObjectRouter } from '../split-object.ts'
import { hasBothServices, weightedEntries } from '../weighted-entries.ts'
import { desiredHttp, narrowed } from './header-routes.ts'
import { destinationShape } from './splits.ts'

const at = 'spec.strategy.canary.trafficRouting.kuma.trafficRoutes'

/** All that splits: requests of a kind, and all others. */
const splitsOf = ({ spec: { conf } }: DeepReadonly<KumaTrafficRoute>): readonly DeepReadonly<KumaHttpRoute>[] => [
  ...(conf?.http ?? []),
  ...(conf?.split === undefined ? [] : [{ split: conf.split }]),
]

type Context = SplitContext<DeepReadonly<KumaRouting>, KumaTrafficRoute>

const faultsOf = ({ object, named: { name, field }, rollout }: Context): readonly FieldError[] => {
  const roles = serviceRolesOf(rollout)
  const shape = destinationShape(rollout.metadata.namespace ?? '')
  const split = splitsOf(object).filter((route) => hasBothServices(route.split ?? [], shape, roles))
  if (split.length === 0) {
    const services = `stable Service "${roles.stable}" and canary Service "${roles.canary}"`
    return [invalid(field, name, `no split of TrafficRoute "${name}" has both the ${services} as destinations`)]
  }
  return routeSteps(rollout).flatMap(({ header, field: step }) => {
    const match = header?.match ?? []
    if (header === undefined || split.some((route) => narrowed(route, { match }) !== undefined)) return []
    return [invalid(step, header.name ?? '', `no split of TrafficRoute "${name}" can be narrowed to these headers`)]
  })
}

/**
 * Sets the weights of the destinations in TrafficRoutes of Kuma that are one of the two Services, for all requests and for
 * those that its HTTP part matches, with destinations for experiments, and adds routes for header routes. All else stays as
 * its owner wrote it.
 */
export const kumaRouter = splitObjectRouter<DeepReadonly<KumaRouting>, KumaTrafficRoute>({
  name: 'kuma',
  // Weights of a split are relative to each other (Kuma, "Traffic Route"), so any total does.
  abilities: ['header-routes', 'additional-destinations', 'ping-pong', 'weights-beyond-100'],
  resource: kumaTrafficRoutes,
  named: (spec) => spec.trafficRoutes.map((name, index) => ({ name, field: `${at}[${index}]` })),
  field: at,
  desired: (intent, { object, rollout }, former) => {
    const { conf } = object.spec
    const namespace = rollout.metadata.namespace ?? ''
    const roles = { canary: intent.canary.serviceName, stable: intent.stable.serviceName }
    const shape = destinationShape(namespace)
    const { split } = conf ?? {}
    const { http, added } = desiredHttp(conf ?? {}, intent, namespace, former)
    const isSplit = split !== undefined && hasBothServices(split, shape, roles)
    return {
      spec: {
        ...(conf !== undefined && {
          conf: {
            ...conf,
            ...(isSplit && { split: weightedEntries(split, shape, intent, former.backends ?? []) }),
            ...((conf.http !== undefined || http.length > 0) && { http }),
          },
        }),
      },
      parts: { rules: added, backends: intent.additional.map(({ serviceName }) => serviceName) },
    }
  },
  faults: faultsOf,
})
