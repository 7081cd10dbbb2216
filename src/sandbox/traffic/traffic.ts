import type { Ingress } from '../../api/kubernetes/ingress.ts'
import type { Pod } from '../../api/kubernetes/pod.ts'
import type { Service } from '../../api/kubernetes/service.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { isReady } from '../pods/pod-status.ts'
import { servicesOfSpecialActions, sharesOfAlb } from './alb-ingresses.ts'
import { type GatewayRoute, servicesOfSpecialRules, sharesOfGatewayRoutes } from './gateway-routes.ts'
import { servicesOfSpecialIngresses, sharesOfIngresses } from './nginx-ingresses.ts'
import { servicesOfSpecialSkipper, sharesOfSkipper } from './skipper-ingresses.ts'
import { hashLabel, type PodShares, type ServiceShare, selects, spreadOverPods } from './split.ts'
import { type Mesh, sharesOfVirtualServices, specialDestinationsOfVirtualServices } from './virtual-services.ts'
import { servicesOfSpecialLists, sharesOfWeightedObjects, type WeightedObject } from './weighted-lists.ts'

/** The objects of one namespace that decide where requests go. */
export interface TrafficObjects {
  readonly services: readonly DeepReadonly<Service>[]
  readonly ingresses: readonly DeepReadonly<Ingress>[]
  readonly routes: readonly GatewayRoute[]
  readonly weighted: readonly WeightedObject[]
  readonly mesh: Mesh
  readonly pods: readonly DeepReadonly<Pod>[]
}

/** The application whose requests are followed. */
export interface Application {
  /** Labels of its pod template. */
  readonly labels: DeepReadonly<Record<string, string>>
  /** The Service that its users call when no router stands before it and no Service selects all of its pods. */
  readonly mainService?: string | undefined
  /** Further Services that its specification names. */
  readonly namedServices?: readonly string[]
}

/** Where the requests of an application end, and which objects decided it. */
export interface Traffic extends PodShares {
  readonly via: 'gateway-api' | 'istio' | 'weights' | 'alb' | 'skipper' | 'nginx' | 'services' | 'pods'
  /** The split over Services, before pods are looked at; empty when requests go to pods directly. */
  readonly services: readonly ServiceShare[]
  /** Destinations that get the requests with certain headers, however few these are. */
  readonly special: readonly Omit<ServiceShare, 'share'>[]
}

const withoutHash = (selector: DeepReadonly<Record<string, string>> | undefined): Record<string, string> => {
  const { [hashLabel]: _hash, ...rest } = selector ?? {}
  return rest
}

/** The Services of an application: those that its specification names, and those that select its pods. */
export const servicesOf = (application: Application, objects: TrafficObjects): readonly DeepReadonly<Service>[] => {
  const named = new Set(application.namedServices ?? [])
  return objects.services.filter(
    (service) => named.has(service.metadata.name) || selects(withoutHash(service.spec.selector), application.labels),
  )
}

/** Without a router: the Services that do not pick one revision, else the main one, share requests equally. */
const sharesOfServices = (services: readonly DeepReadonly<Service>[], main: string | undefined): ServiceShare[] => {
  const ofAllRevisions = services.filter((service) => service.spec.selector?.[hashLabel] === undefined)
  const chosen = ofAllRevisions.length > 0 ? ofAllRevisions : services.filter(({ metadata }) => metadata.name === main)
  return chosen.map((service) => ({ service: service.metadata.name, share: 1 / chosen.length }))
}

const overAllPods = (application: Application, pods: readonly DeepReadonly<Pod>[]): Traffic => {
  const ready = pods.filter((pod) => isReady(pod) && selects(application.labels, pod.metadata.labels))
  const byHash: Record<string, number> = {}
  for (const pod of ready) {
    const hash = pod.metadata.labels?.[hashLabel] ?? ''
    byHash[hash] = (byHash[hash] ?? 0) + 1 / ready.length
  }
  return { via: 'pods', services: [], special: [], byHash, failed: ready.length === 0 ? 1 : 0 }
}

const specialDestinations = (
  via: Traffic['via'],
  { routes, weighted, mesh, ingresses }: TrafficObjects,
  names: ReadonlySet<string>,
): Traffic['special'] => {
  if (via === 'istio') return specialDestinationsOfVirtualServices(names, mesh)
  if (via === 'gateway-api') return [...servicesOfSpecialRules(routes, names)].map((service) => ({ service }))
  if (via === 'alb') return [...servicesOfSpecialActions(ingresses, names)].map((service) => ({ service }))
  if (via === 'skipper') return [...servicesOfSpecialSkipper(ingresses, names)].map((service) => ({ service }))
  if (via === 'nginx') return [...servicesOfSpecialIngresses(ingresses, names)].map((service) => ({ service }))
  return via === 'weights' ? [...servicesOfSpecialLists(weighted, names)].map((service) => ({ service })) : []
}

/**
 * Derives from the objects that exist where the requests of an application go at this moment: Gateway API routes that
 * name one of its Services, else VirtualServices of Istio that do, else objects that list them with weights (TrafficSplits,
 * TraefikServices and their kin), else ingresses of an AWS load balancer, of
 * Skipper or of ingress-nginx that do, else its Services, else its pods as
 * they are. A Service without a ready pod fails its part of the requests (ingress-nginx would send it to the ordinary
 * backend; counting it as failed keeps a too early weight visible).
 */
export const trafficOf = (application: Application, objects: TrafficObjects): Traffic => {
  const services = servicesOf(application, objects)
  const names = new Set(services.map((service) => service.metadata.name))
  const routed = (via: Traffic['via'], shares: readonly ServiceShare[]): Traffic => ({
    via,
    services: shares,
    special: specialDestinations(via, objects, names),
    ...spreadOverPods(shares, objects.services, objects.pods),
  })
  const byRoutes = sharesOfGatewayRoutes(objects.routes, names)
  if (byRoutes !== undefined) return routed('gateway-api', byRoutes)
  const byMesh = sharesOfVirtualServices(names, objects.mesh)
  if (byMesh !== undefined) return routed('istio', byMesh)
  const byWeights = sharesOfWeightedObjects(objects.weighted, names)
  if (byWeights !== undefined) return routed('weights', byWeights)
  const byAlb = sharesOfAlb(objects.ingresses, names)
  if (byAlb !== undefined) return routed('alb', byAlb)
  const bySkipper = sharesOfSkipper(objects.ingresses, names)
  if (bySkipper !== undefined) return routed('skipper', bySkipper)
  const byIngresses = sharesOfIngresses(objects.ingresses, names)
  if (byIngresses !== undefined) return routed('nginx', byIngresses)
  const byServices = sharesOfServices(services, application.mainService)
  return byServices.length > 0 ? routed('services', byServices) : overAllPods(application, objects.pods)
}
