import type { Rollout } from '../../api/rollout.ts'
import type { IstioRouting } from '../../api/routers/istio.ts'
import type { Resource } from '../../kube/resource.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import type { KnownObjects, ObjectRef } from '../router.ts'

/** Istio's kinds, in the version of its API that is used. */
export interface IstioResources {
  readonly virtualServices: Resource
  readonly destinationRules: Resource
}

/** What the Istio router is asked about. */
export interface IstioScene {
  readonly spec: DeepReadonly<IstioRouting>
  readonly rollout: DeepReadonly<Rollout>
  readonly known: KnownObjects
  readonly resources: IstioResources
}

/** Where a spec names its Istio objects. */
export const istioField = 'spec.strategy.canary.trafficRouting.istio'

type Entry = DeepReadonly<NonNullable<IstioRouting['virtualService']>>

/** A VirtualService that the spec names, and which of its routes. */
export interface NamedVirtualService {
  readonly ref: ObjectRef
  /** Names of the HTTP routes to weight; none where the only one is meant. */
  readonly routes: readonly string[]
  readonly tlsRoutes: NonNullable<Entry['tlsRoutes']>
  readonly tcpRoutes: NonNullable<Entry['tcpRoutes']>
  /** Path of its name in the spec, for errors, as the published controller has it. */
  readonly field: string
}

/**
 * The object that a name means: `name`, `name.namespace` with or without the rest of a host name, as published, or
 * `namespace/name`, which also reaches names with dots in them.
 */
const refOf = (text: string, ownNamespace: string, resource: Resource): ObjectRef => {
  const slash = text.indexOf('/')
  if (slash > 0) {
    return { resource, namespace: text.slice(0, slash), name: text.slice(slash + 1) }
  }
  const [name = '', namespace = ''] = text.split('.')
  return { resource, namespace: namespace || ownNamespace, name }
}

type Named = Pick<IstioScene, 'spec' | 'resources'> & { readonly rollout: DeepReadonly<Pick<Rollout, 'metadata'>> }

/** A VirtualService that is named several times has the routes of all of these: two would undo each other's routes of steps. */
const withoutDoubles = (services: readonly NamedVirtualService[]): readonly NamedVirtualService[] => {
  const byName = new Map<string, NamedVirtualService>()
  for (const service of services) {
    const key = `${service.ref.namespace}/${service.ref.name}`
    const { routes = [], tlsRoutes = [], tcpRoutes = [] } = byName.get(key) ?? {}
    byName.set(key, {
      ...service,
      routes: [...new Set([...routes, ...service.routes])],
      tlsRoutes: [...tlsRoutes, ...service.tlsRoutes],
      tcpRoutes: [...tcpRoutes, ...service.tcpRoutes],
    })
  }
  return [...byName.values()]
}

/** The VirtualServices that a spec names, by either of its fields. */
export const namedVirtualServices = ({ spec, rollout, resources }: Named): readonly NamedVirtualService[] => {
  const { virtualService, virtualServices = [] } = spec
  const read = ({ name, routes = [], tlsRoutes = [], tcpRoutes = [] }: Entry, field: string): NamedVirtualService => ({
    ref: refOf(name, rollout.metadata.namespace ?? '', resources.virtualServices),
    routes,
    tlsRoutes,
    tcpRoutes,
    field: `${istioField}.${field}.name`,
  })
  return withoutDoubles([
    ...(virtualService === undefined ? [] : [read(virtualService, 'virtualService')]),
    ...virtualServices.map((entry) => read(entry, 'virtualServices')),
  ])
}

/** The DestinationRule that a spec names. It is in the namespace of the Rollout. */
export const destinationRuleRef = ({ spec, rollout, resources }: Named): ObjectRef | undefined =>
  spec.destinationRule && {
    resource: resources.destinationRules,
    namespace: rollout.metadata.namespace ?? '',
    name: spec.destinationRule.name,
  }
