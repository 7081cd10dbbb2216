import type { HttpProxy, HttpProxyRoute } from '../../api/kubernetes/http-proxy.ts'
import type { KumaTrafficRoute } from '../../api/kubernetes/kuma-traffic-route.ts'
import type { GlooRoute, RouteTable } from '../../api/kubernetes/route-table.ts'
import type { TraefikService } from '../../api/kubernetes/traefik-service.ts'
import type { TrafficSplit } from '../../api/kubernetes/traffic-split.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import type { ServiceShare } from './split.ts'

/** An object that splits requests by weights in lists. */
export type WeightedObject = DeepReadonly<TrafficSplit | TraefikService | HttpProxy | RouteTable | KumaTrafficRoute>

/** Kinds of {@link WeightedObject}. */
export const weightedKinds = ['TrafficSplit', 'TraefikService', 'HTTPProxy', 'RouteTable', 'TrafficRoute'] as const

interface Weighted {
  readonly service: string
  readonly weight: number
}

type List = readonly Weighted[]

const listOfRoute = ({ services = [] }: DeepReadonly<HttpProxyRoute>): List =>
  services.flatMap(({ name, weight = 0, mirror }) => (mirror === true ? [] : [{ service: name, weight }]))

/** A route of Contour that only serves requests with a certain header takes no part of ordinary traffic. */
const servesOrdinaryRequests = ({ conditions = [] }: DeepReadonly<HttpProxyRoute>): boolean =>
  conditions.every(({ header }) => header === undefined)

const listOfGloo = ({ routeAction }: DeepReadonly<GlooRoute>): List =>
  (routeAction?.multi?.destinations ?? []).map(({ weight = 0, destination }) => ({
    service: destination?.kube?.ref.name ?? '',
    weight,
  }))

/** The destinations of all requests, by the tag that begins with the name of the Service. */
const listOfKuma = ({ spec }: DeepReadonly<KumaTrafficRoute>): List =>
  (spec.conf?.split ?? []).map(({ weight = 0, destination }) => ({
    service: destination?.['kuma.io/service']?.split('_')[0] ?? '',
    weight,
  }))

const listsOf = (object: WeightedObject): readonly List[] => {
  switch (object.kind) {
    case 'TrafficSplit':
      return [object.spec.backends.map(({ service, weight }) => ({ service, weight: Number(weight) }))]
    case 'TraefikService':
      return [(object.spec.weighted?.services ?? []).map(({ name, weight = 1 }) => ({ service: name, weight }))]
    case 'HTTPProxy':
      return [...(object.spec.routes ?? []).filter(servesOrdinaryRequests), object.spec.tcpproxy ?? {}].map(listOfRoute)
    case 'RouteTable':
      return (object.spec.routes ?? []).map(listOfGloo)
    case 'TrafficRoute':
      return [listOfKuma(object)]
  }
}

/** A list whose weights are all 0 sends requests nowhere. */
const sharesOfList = (list: List, part: number): readonly ServiceShare[] => {
  const total = list.reduce((sum, { weight }) => sum + weight, 0)
  if (total === 0) return [{ service: '', share: part }]
  return list.map(({ service, weight }) => ({ service, share: (part * weight) / total }))
}

/** How objects that name one of the Services split requests: every list counts the same. Undefined when none names any. */
export const sharesOfWeightedObjects = (
  objects: readonly WeightedObject[],
  services: ReadonlySet<string>,
): readonly ServiceShare[] | undefined => {
  const lists = objects.flatMap(listsOf).filter((list) => list.some(({ service }) => services.has(service)))
  return lists.length === 0 ? undefined : lists.flatMap((list) => sharesOfList(list, 1 / lists.length))
}

/** The lists of routes for special requests, those with a certain header; a route of Gloo for them has one destination. */
const specialListsOf = (object: WeightedObject): readonly List[] => {
  if (object.kind === 'HTTPProxy') {
    return (object.spec.routes ?? []).filter((route) => !servesOrdinaryRequests(route)).map(listOfRoute)
  }
  if (object.kind !== 'RouteTable') return []
  return (object.spec.routes ?? []).flatMap(({ matchers = [], routeAction }) => {
    const service = routeAction?.single?.kube?.ref.name
    const isSpecial = matchers.length > 0 && matchers.every(({ headers = [] }) => headers.length > 0)
    return service !== undefined && isSpecial ? [[{ service, weight: 1 }]] : []
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
