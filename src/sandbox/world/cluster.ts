import type { AnalysisRun } from '../../api/analysis-run.ts'
import type { AnalysisTemplate, ClusterAnalysisTemplate } from '../../api/analysis-template.ts'
import type { Experiment } from '../../api/experiment.ts'
import type { ApisixRoute } from '../../api/kubernetes/apisix-route.ts'
import type { AppMeshVirtualNode, AppMeshVirtualRouter } from '../../api/kubernetes/app-mesh.ts'
import type { Secret } from '../../api/kubernetes/config.ts'
import type { KubeEvent } from '../../api/kubernetes/event.ts'
import type { GrpcRoute, HttpRoute, TcpRoute, TlsRoute } from '../../api/kubernetes/gateway-route.ts'
import type { HttpProxy } from '../../api/kubernetes/http-proxy.ts'
import type { Ingress } from '../../api/kubernetes/ingress.ts'
import type { DestinationRule, VirtualService } from '../../api/kubernetes/istio.ts'
import type { KumaTrafficRoute } from '../../api/kubernetes/kuma-traffic-route.ts'
import type { Mapping } from '../../api/kubernetes/mapping.ts'
import type { Manifest } from '../../api/kubernetes/object-meta.ts'
import type { Pod } from '../../api/kubernetes/pod.ts'
import type { RouteTable } from '../../api/kubernetes/route-table.ts'
import type { EndpointSlice, Service } from '../../api/kubernetes/service.ts'
import type { TraefikService } from '../../api/kubernetes/traefik-service.ts'
import type { TrafficSplit } from '../../api/kubernetes/traffic-split.ts'
import type { Deployment, Job, ReplicaSet } from '../../api/kubernetes/workloads.ts'
import type { Rollout } from '../../api/rollout.ts'
import type { DeepReadonly, JsonObject } from '../../lib/json.ts'
import type { DisruptionBudget } from '../workloads/disruption-budget.ts'

/** The kinds that the simulated parts of the cluster read and write. */
export interface KindTypes {
  Pod: Pod
  ReplicaSet: ReplicaSet
  Deployment: Deployment
  Job: Job
  Service: Service
  EndpointSlice: EndpointSlice
  PodDisruptionBudget: DisruptionBudget
  Ingress: Ingress
  HTTPRoute: HttpRoute
  GRPCRoute: GrpcRoute
  TCPRoute: TcpRoute
  TLSRoute: TlsRoute
  VirtualService: VirtualService
  DestinationRule: DestinationRule
  TrafficSplit: TrafficSplit
  TraefikService: TraefikService
  HTTPProxy: HttpProxy
  RouteTable: RouteTable
  TrafficRoute: KumaTrafficRoute
  ApisixRoute: ApisixRoute
  Mapping: Mapping
  VirtualRouter: AppMeshVirtualRouter
  VirtualNode: AppMeshVirtualNode
  Event: KubeEvent
  Secret: Secret
  Rollout: Rollout
  AnalysisRun: AnalysisRun
  Experiment: Experiment
  AnalysisTemplate: AnalysisTemplate
  ClusterAnalysisTemplate: ClusterAnalysisTemplate
}

/** A kind of {@link KindTypes}. */
export type Kind = keyof KindTypes

/** A write that the API server accepted, whoever made it. */
export interface ClusterChange {
  readonly kind: string
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly user: string
  readonly subresource?: string
  readonly before?: DeepReadonly<JsonObject>
  readonly object: DeepReadonly<JsonObject>
}

/** Where an object is. Cluster-wide objects have an empty namespace. */
export interface ObjectKey {
  readonly namespace: string
  readonly name: string
}

/** The objects of the cluster, read and written at once: how simulated parts of the cluster see the API server. */
export interface Cluster {
  get<K extends Kind>(kind: K, key: ObjectKey): DeepReadonly<KindTypes[K]> | undefined
  list<K extends Kind>(kind: K, namespace?: string): readonly DeepReadonly<KindTypes[K]>[]
  /** Objects of a kind whose controller is the object with this uid. */
  controlledBy<K extends 'Pod' | 'ReplicaSet'>(kind: K, uid: string): readonly DeepReadonly<KindTypes[K]>[]
  /** The methods that write throw KubeError as the API server would answer. */
  create<K extends Kind>(user: string, kind: K, object: Manifest<KindTypes[K]>): void
  /** A JSON merge patch of the object, or of one subresource. A patch that changes nothing writes nothing. */
  patch(user: string, kind: Kind, key: ObjectKey, patch: JsonObject, subresource?: 'status'): void
  /**
   * Deleting what is not there does nothing. A pod lives on for its grace period, unless another one is given, in seconds.
   */
  remove(user: string, kind: Kind, key: ObjectKey, gracePeriodSeconds?: number): void
  onChange(listener: (change: ClusterChange) => void): void
}
