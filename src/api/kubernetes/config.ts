import type { ObjectMeta } from './object-meta.ts'

/** A Secret (Kubernetes API, `core/v1`). Values of `data` are base64. */
export type Secret = {
  apiVersion: 'v1'
  kind: 'Secret'
  metadata: ObjectMeta
  type?: string
  data?: Record<string, string>
}

/** A ConfigMap (Kubernetes API, `core/v1`). */
export type ConfigMap = {
  apiVersion: 'v1'
  kind: 'ConfigMap'
  metadata: ObjectMeta
  data?: Record<string, string>
}
