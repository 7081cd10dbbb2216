import type { IntOrString } from '../scalars.ts'
import type { ObjectMeta } from './object-meta.ts'

/** A port of a Service. */
export type ServicePort = {
  name?: string
  port: number
  targetPort?: IntOrString
  protocol?: string
  appProtocol?: string
}

/** A Service (Kubernetes API, `core/v1`). */
export type Service = {
  apiVersion: 'v1'
  kind: 'Service'
  metadata: ObjectMeta
  spec: { selector?: Record<string, string>; ports?: ServicePort[]; clusterIP?: string; type?: string }
}

/** One backend of a Service, most often one pod. `ready` counts as true when it is absent. */
export type Endpoint = {
  addresses: string[]
  conditions?: { ready?: boolean; serving?: boolean; terminating?: boolean }
  targetRef?: { kind?: string; namespace?: string; name?: string; uid?: string }
}

/** A part of the backends of a Service (Kubernetes API, `discovery.k8s.io/v1`), found by its `kubernetes.io/service-name` label. */
export type EndpointSlice = {
  apiVersion: 'discovery.k8s.io/v1'
  kind: 'EndpointSlice'
  metadata: ObjectMeta
  addressType: string
  endpoints: Endpoint[]
  ports?: { name?: string; port?: number; protocol?: string }[]
}
