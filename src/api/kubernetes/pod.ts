import type { JsonObject } from '../../lib/json.ts'
import type { Condition } from './condition.ts'
import type { EmbeddedMetadata, ObjectMeta } from './object-meta.ts'

/** A port that a container declares. */
export type ContainerPort = { name?: string; containerPort: number; protocol?: string; hostPort?: number }

/** A container: the fields that we read by name. All others are kept. */
export type Container = {
  name: string
  image?: string
  command?: string[]
  args?: string[]
  ports?: ContainerPort[]
  env?: JsonObject[]
  /** `Always` makes a sidecar of an init container. */
  restartPolicy?: string
  resources?: JsonObject
}

/** What a pod runs: the fields that we read by name. All others are kept. */
export type PodSpec = {
  containers: Container[]
  initContainers?: Container[]
  ephemeralContainers?: Container[]
  volumes?: JsonObject[]
  restartPolicy?: string
  serviceAccountName?: string
  /** Deprecated twin of serviceAccountName, filled in by the API server's defaulting. */
  serviceAccount?: string
  affinity?: JsonObject
  nodeName?: string
  terminationGracePeriodSeconds?: number
}

/** The pod that a workload makes copies of (Kubernetes API, `core/v1.PodTemplateSpec`). */
export type PodTemplateSpec = { metadata?: EmbeddedMetadata; spec?: PodSpec }

/** State of one container of a pod. */
export type ContainerStatus = {
  name: string
  ready: boolean
  started?: boolean
  restartCount: number
  image?: string
  state?: {
    waiting?: { reason?: string; message?: string }
    running?: { startedAt?: string }
    terminated?: { exitCode: number; signal?: number; reason?: string; message?: string }
  }
}

/** What the kubelet reports about a pod. */
export type PodStatus = {
  phase?: string
  reason?: string
  message?: string
  podIP?: string
  startTime?: string
  conditions?: Condition[]
  containerStatuses?: ContainerStatus[]
  initContainerStatuses?: ContainerStatus[]
}

/** A Pod (Kubernetes API, `core/v1`). */
export type Pod = { apiVersion: 'v1'; kind: 'Pod'; metadata: ObjectMeta; spec: PodSpec; status?: PodStatus }

/** A stored pod template that a Rollout may reference as its workload (Kubernetes API, `core/v1.PodTemplate`). */
export type PodTemplate = { apiVersion: 'v1'; kind: 'PodTemplate'; metadata: ObjectMeta; template: PodTemplateSpec }
