import type { ObjectMeta } from './object-meta.ts'

/** Where an Ingress sends requests. */
export type IngressBackend = {
  service?: { name: string; port?: { name?: string; number?: number } }
  resource?: { apiGroup?: string; kind: string; name: string }
}

/** One path of a rule. */
export type IngressPath = { path?: string; pathType?: string; backend: IngressBackend }

/** The paths of one host, or of every host. */
export type IngressRule = { host?: string; http?: { paths: IngressPath[] } }

/** What an Ingress routes. */
export type IngressSpec = {
  ingressClassName?: string
  defaultBackend?: IngressBackend
  tls?: { hosts?: string[]; secretName?: string }[]
  rules?: IngressRule[]
}

/** An Ingress (Kubernetes API, `networking.k8s.io/v1`). */
export type Ingress = {
  apiVersion: 'networking.k8s.io/v1'
  kind: 'Ingress'
  metadata: ObjectMeta
  spec: IngressSpec
  status?: { loadBalancer?: { ingress?: { hostname?: string; ip?: string }[] } }
}
