import { ambassadorMappings, istioResources, traefikServices, trafficSplits } from '../api/resources.ts'
import type { Resource } from '../kube/resource.ts'

/** Versions of the Traffic Split API of the Service Mesh Interface. */
export type TrafficSplitVersion = keyof typeof trafficSplits

/** See {@link TrafficSplitVersion}. */
export const trafficSplitVersions = Object.keys(trafficSplits) as readonly TrafficSplitVersion[]

/** Versions of Istio's API for traffic. */
export type IstioVersion = keyof typeof istioResources

/** See {@link IstioVersion}. */
export const istioVersions = Object.keys(istioResources) as readonly IstioVersion[]

/** How target groups of AWS are found. */
export interface TargetGroupVerification {
  /** Tag of a target group that says what it is for. */
  readonly tagKey: string
  /** Objects that say which target group a Service has. */
  readonly bindings: Resource
}

/** Which API the objects of routers have, where a cluster may serve one or another. */
export interface RouterVersions {
  readonly istio: IstioVersion
  readonly trafficSplit: TrafficSplitVersion
  /** TraefikServices: of traefik.io, or of traefik.containo.us before Traefik 3. */
  readonly traefikService: Resource
  /** Mappings of Ambassador: `v2` of getambassador.io, or another version. */
  readonly mapping: Resource
  /** Set where AWS is asked whether its load balancers do what they should. */
  readonly targetGroups?: TargetGroupVerification | undefined
}

/** What the published controller takes when no flag says otherwise. */
export const defaultRouterVersions: RouterVersions = {
  istio: 'v1alpha3',
  trafficSplit: 'v1alpha1',
  traefikService: traefikServices,
  mapping: ambassadorMappings,
}
