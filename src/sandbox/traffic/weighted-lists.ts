import type { ApisixHttpRule, ApisixRoute } from '../../api/kubernetes/apisix-route.ts'
import type { AppMeshVirtualNode, AppMeshVirtualRouter } from '../../api/kubernetes/app-mesh.ts'
import type { HttpProxy, HttpProxyRoute } from '../../api/kubernetes/http-proxy.ts'
import type { KumaTrafficRoute } from '../../api/kubernetes/kuma-traffic-route.ts'
import type { Mapping } from '../../api/kubernetes/mapping.ts'
import type { GlooRoute, GlooTarget, RouteTable } from '../../api/kubernetes/route-table.ts'
import type { TraefikService } from '../../api/kubernetes/traefik-service.ts'
import type { TrafficSplit } from '../../api/kubernetes/traffic-split.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { listsOfVirtualRouters } from './app-mesh-lists.ts'
import { listsOfMappings } from './mapping-lists.ts'
import type { ServiceShare, WeightedList } from './split.ts'

/** An object that splits requests by weights in lists. */
export type WeightedObject = DeepReadonly<
  | (TrafficSplit | TraefikService | HttpProxy | RouteTable | KumaTrafficRoute)
  | (ApisixRoute | Mapping | AppMeshVirtualRouter | AppMeshVirtualNode)
>

/** Kinds of {@link WeightedObject}. */
export const weightedKinds = [
  ...(['TrafficSplit', 'TraefikService', 'HTTPProxy', 'RouteTable', 'TrafficRoute'] as const),
  ...(['ApisixRoute', 'Mapping', 'VirtualRouter', 'VirtualNode'] as const),
] as const

type List = WeightedList

const listOfRoute = ({ services = [] }: DeepReadonly<HttpProxyRoute>): List =>
  services.flatMap(({ name, weight = 0, mirror }) => (mirror === true ? [] : [{ service: name, weight }]))

/** A route of Contour that only serves requests with a certain header takes no part of ordinary traffic. */
const servesOrdinaryRequests = ({ conditions = [] }: DeepReadonly<HttpProxyRoute>): boolean =>
  conditions.every(({ header }) => header === undefined)

/** The Service that a target of Gloo names; by an Upstream in the words of Gloo's discovery, `<namespace>-<service>-<port>`. */
const serviceOfGloo = (target: DeepReadonly<GlooTarget> | undefined, namespace: string | undefined): string => {
  const discovered = target?.upstream?.name.replace(/-\d+$/, '') ?? ''
  const prefix = `${namespace ?? 'default'}-`
  return target?.kube?.ref.name ?? (discovered.startsWith(prefix) ? discovered.slice(prefix.length) : '')
}

const listOfGloo = ({ routeAction }: DeepReadonly<GlooRoute>, namespace: string | undefined): List =>
  (routeAction?.multi?.destinations ?? []).map(({ weight = 0, destination }) => ({
    service: serviceOfGloo(destination, namespace),
    weight,
  }))

/** The destinations of all requests, by the tag that begins with the name of the Service. */
const listOfKuma = ({ spec }: DeepReadonly<KumaTrafficRoute>): List =>
  (spec.conf?.split ?? []).map(({ weight = 0, destination }) => ({
    service: destination?.['kuma.io/service']?.split('_')[0] ?? '',
    weight,
  }))

/** APISIX takes 100 where a backend names no weight. */
const listOfApisix = ({ backends = [] }: DeepReadonly<ApisixHttpRule>): List =>
  backends.map(({ serviceName, weight = 100 }) => ({ service: serviceName, weight }))

/** A rule of APISIX with conditions is for requests of a kind. */
const hasConditions = ({ match }: DeepReadonly<ApisixHttpRule>): boolean => (match?.exprs ?? []).length > 0

const listsOf = (object: WeightedObject): readonly List[] => {
  switch (object.kind) {
    case 'TrafficSplit':
      return [object.spec.backends.map(({ service, weight }) => ({ service, weight: Number(weight) }))]
    case 'TraefikService':
      return [(object.spec.weighted?.services ?? []).map(({ name, weight = 1 }) => ({ service: name, weight }))]
    case 'HTTPProxy':
      return [...(object.spec.routes ?? []).filter(servesOrdinaryRequests), object.spec.tcpproxy ?? {}].map(listOfRoute)
    case 'RouteTable':
      return (object.spec.routes ?? []).map((route) => listOfGloo(route, object.metadata.namespace))
    case 'TrafficRoute':
      return [listOfKuma(object)]
    case 'ApisixRoute':
      return (object.spec.http ?? []).filter((rule) => !hasConditions(rule)).map(listOfApisix)
    default:
      return []
  }
}

/** A list whose weights are all 0 sends requests nowhere. */
const sharesOfList = (list: List, part: number): readonly ServiceShare[] => {
  const total = list.reduce((sum, { weight }) => sum + weight, 0)
  if (total === 0) return [{ service: '', share: part }]
  return list.map(({ weight, ...destination }) => ({ ...destination, share: (part * weight) / total }))
}

/** The lists that several objects make together. */
const listsOfSeveral = (objects: readonly WeightedObject[]): readonly List[] => [
  ...listsOfMappings(objects.filter((object) => object.kind === 'Mapping')),
  ...listsOfVirtualRouters(
    objects.filter((object) => object.kind === 'VirtualRouter'),
    objects.filter((object) => object.kind === 'VirtualNode'),
  ),
]

/** How objects that name one of the Services split requests: every list counts the same. Undefined when none names any. */
export const sharesOfWeightedObjects = (
  objects: readonly WeightedObject[],
  services: ReadonlySet<string>,
): readonly ServiceShare[] | undefined => {
  const lists = [...objects.flatMap(listsOf), ...listsOfSeveral(objects)].filter((list) =>
    list.some(({ service }) => services.has(service)),
  )
  return lists.length === 0 ? undefined : lists.flatMap((list) => sharesOfList(list, 1 / lists.length))
}

/** Routes of Kuma for requests with certain headers have one destination. */
const specialListsOfKuma = ({ spec }: DeepReadonly<KumaTrafficRoute>): readonly List[] =>
  (spec.conf?.http ?? [])
    .filter(({ match }) => match?.headers !== undefined)
    .map(({ destination }) => [{ service: destination?.['kuma.io/service']?.split('_')[0] ?? '', weight: 1 }])

/** The lists of routes for special requests, those with a certain header; a route of Gloo for them has one destination. */
const specialListsOf = (object: WeightedObject): readonly List[] => {
  if (object.kind === 'HTTPProxy') {
    return (object.spec.routes ?? []).filter((route) => !servesOrdinaryRequests(route)).map(listOfRoute)
  }
  if (object.kind === 'TrafficRoute') return specialListsOfKuma(object)
  if (object.kind === 'ApisixRoute') return (object.spec.http ?? []).filter(hasConditions).map(listOfApisix)
  if (object.kind !== 'RouteTable') return []
  return (object.spec.routes ?? []).flatMap(({ matchers = [], routeAction }) => {
    const service = serviceOfGloo(routeAction?.single, object.metadata.namespace)
    const isSpecial = matchers.length > 0 && matchers.every(({ headers = [] }) => headers.length > 0)
    return service !== '' && isSpecial ? [[{ service, weight: 1 }]] : []
  })
}

/** The Services to which routes for special requests send some of them. */
export const servicesOfSpecialLists = (
  objects: readonly WeightedObject[],
  services: ReadonlySet<string>,
): ReadonlySet<string> =>
  new Set(
    objects
      .flatMap(specialListsOf)
      .filter((list) => list.some(({ service }) => services.has(service)))
      .flatMap((list) => list.filter(({ weight }) => weight > 0).map(({ service }) => service)),
  )
