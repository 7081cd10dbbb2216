import type { ObjectMeta } from './object-meta.ts'

/** A Lease (Kubernetes API, `coordination.k8s.io/v1`). Times are RFC 3339 with six decimals (`metav1.MicroTime`). */
export type Lease = {
  apiVersion: 'coordination.k8s.io/v1'
  kind: 'Lease'
  metadata: ObjectMeta
  spec?: {
    /** Empty after an orderly hand-over. */
    holderIdentity?: string
    leaseDurationSeconds?: number
    acquireTime?: string
    renewTime?: string
    leaseTransitions?: number
  }
}
