import type { Manifest } from '../../api/kubernetes/object-meta.ts'
import {
  ambassadorMappings,
  analysisRuns,
  analysisTemplates,
  apisixRoutes,
  appMeshResources,
  clusterAnalysisTemplates,
  deployments,
  endpointSlices,
  events,
  experiments,
  grpcRoutes,
  httpProxies,
  httpRoutes,
  ingresses,
  istioResources,
  jobs,
  kumaTrafficRoutes,
  pods,
  replicaSets,
  rollouts,
  routeTables,
  secrets,
  services,
  tcpRoutes,
  tlsRoutes,
  traefikServices,
  trafficSplits,
} from '../../api/resources.ts'
import { pathOf, type Resource } from '../../kube/resource.ts'
import type { DeepReadonly, JsonObject } from '../../lib/json.ts'
import type { ApiServer } from '../api-server/api-server.ts'
import type { Change } from '../api-server/objects/storage.ts'
import { StatusError } from '../api-server/status-error.ts'
import type { Cluster, ClusterChange, Kind, KindTypes, ObjectKey } from './cluster.ts'
import { keyOf, metadataOf } from './keys.ts'

const disruptionBudgets: Resource = {
  group: 'policy',
  version: 'v1',
  kind: 'PodDisruptionBudget',
  plural: 'poddisruptionbudgets',
  namespaced: true,
}

/** The resource of each kind. */
export const resourceOf: Readonly<Record<Kind, Resource>> = {
  Pod: pods,
  ReplicaSet: replicaSets,
  Deployment: deployments,
  Job: jobs,
  Service: services,
  EndpointSlice: endpointSlices,
  PodDisruptionBudget: disruptionBudgets,
  Ingress: ingresses,
  HTTPRoute: httpRoutes,
  GRPCRoute: grpcRoutes,
  TCPRoute: tcpRoutes,
  TLSRoute: tlsRoutes,
  VirtualService: istioResources.v1alpha3.virtualServices,
  DestinationRule: istioResources.v1alpha3.destinationRules,
  TrafficSplit: trafficSplits.v1alpha1,
  TraefikService: traefikServices,
  HTTPProxy: httpProxies,
  RouteTable: routeTables,
  TrafficRoute: kumaTrafficRoutes,
  ApisixRoute: apisixRoutes,
  Mapping: ambassadorMappings,
  VirtualRouter: appMeshResources.virtualRouters,
  VirtualNode: appMeshResources.virtualNodes,
  Event: events,
  Secret: secrets,
  Rollout: rollouts,
  AnalysisRun: analysisRuns,
  Experiment: experiments,
  AnalysisTemplate: analysisTemplates,
  ClusterAnalysisTemplate: clusterAnalysisTemplates,
}

type Stored = DeepReadonly<JsonObject>

/** The objects of one kind by the uid of their controller. */
class ControllerIndex {
  readonly #objects = new Map<string, Map<string, Stored>>()

  follow({ type, before, object }: Change): void {
    if (before !== undefined) this.#bucket(before)?.delete(metadataOf(before).name)
    if (type === 'DELETED') return
    const uid = controllerUid(object)
    if (uid === undefined) return
    const bucket = this.#objects.get(uid) ?? new Map<string, Stored>()
    this.#objects.set(uid, bucket.set(metadataOf(object).name, object))
  }

  list(uid: string): readonly Stored[] {
    return [...(this.#objects.get(uid)?.values() ?? [])]
  }

  #bucket(object: Stored): Map<string, Stored> | undefined {
    return this.#objects.get(controllerUid(object) ?? '')
  }
}

const controllerUid = (object: Stored): string | undefined =>
  metadataOf(object).ownerReferences?.find(({ controller }) => controller === true)?.uid

/** {@link Cluster} on the in-memory API server. Writes go through the server's own rules, at once. */
export class ServerCluster implements Cluster {
  readonly #server: ApiServer
  readonly #owned = { Pod: new ControllerIndex(), ReplicaSet: new ControllerIndex() }

  constructor(server: ApiServer) {
    this.#server = server
    server.objects.onChange(pods, (change) => this.#owned.Pod.follow(change))
    server.objects.onChange(replicaSets, (change) => this.#owned.ReplicaSet.follow(change))
  }

  get<K extends Kind>(kind: K, { namespace, name }: ObjectKey): DeepReadonly<KindTypes[K]> | undefined {
    const object = this.#server.objects.get(resourceOf[kind], namespace === '' ? undefined : namespace, name)
    return object === undefined ? undefined : typed<K>(object)
  }

  list<K extends Kind>(kind: K, namespace?: string): readonly DeepReadonly<KindTypes[K]>[] {
    return this.#server.objects.list(resourceOf[kind], namespace).map((object) => typed<K>(object))
  }

  controlledBy<K extends 'Pod' | 'ReplicaSet'>(kind: K, uid: string): readonly DeepReadonly<KindTypes[K]>[] {
    return this.#owned[kind].list(uid).map((object) => typed<K>(object))
  }

  create<K extends Kind>(user: string, kind: K, object: Manifest<KindTypes[K]>): void {
    const path = pathOf(resourceOf[kind], { namespace: object.metadata.namespace })
    asKubeError('POST', path, () => this.#server.handle(user, { method: 'POST', path, body: object }))
  }

  patch(user: string, kind: Kind, { namespace, name }: ObjectKey, body: JsonObject, subresource?: 'status'): void {
    const path = pathOf(resourceOf[kind], { namespace, name, ...(subresource === undefined ? {} : { subresource }) })
    const contentType = 'application/merge-patch+json'
    asKubeError('PATCH', path, () => this.#server.handle(user, { method: 'PATCH', path, body, contentType }))
  }

  remove(user: string, kind: Kind, { namespace, name }: ObjectKey, gracePeriodSeconds?: number): void {
    const path = pathOf(resourceOf[kind], { namespace, name })
    asKubeError('DELETE', path, () => {
      const options = gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }
      this.#server.objects.as(user).delete(resourceOf[kind], namespace === '' ? undefined : namespace, name, options)
    })
  }

  onChange(listener: (change: ClusterChange) => void): void {
    this.#server.onWrite(({ user, subresource, type, change }) => {
      const { before, object } = change
      listener({
        kind: type.kind,
        type: change.type,
        user,
        object,
        ...(subresource === undefined ? {} : { subresource }),
        ...(before === undefined ? {} : { before }),
      })
    })
  }
}

/** The server has checked the object against the schema of its kind; our types name the fields of it that we read. */
const typed = <K extends Kind>(object: Stored): DeepReadonly<KindTypes[K]> =>
  object as unknown as DeepReadonly<KindTypes[K]>

const asKubeError = (method: string, path: string, write: () => void): void => {
  try {
    write()
  } catch (error) {
    throw error instanceof StatusError ? error.toKubeError({ method, path }) : error
  }
}

/** Identifies an object of any kind in messages and maps: `Rollout default/web`. */
export const describeObject = (kind: string, object: Stored): string => {
  const { namespace, name } = keyOf(object)
  return `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`
}
