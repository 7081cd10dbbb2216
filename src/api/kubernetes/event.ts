import type { ObjectMeta } from './object-meta.ts'

/** The object an event is about. */
export type ObjectReference = {
  apiVersion: string
  kind: string
  namespace?: string
  name: string
  uid?: string
  resourceVersion?: string
}

/** An Event (Kubernetes API, `core/v1`): the form that `kubectl describe` and existing automation read. */
export type KubeEvent = {
  apiVersion: 'v1'
  kind: 'Event'
  metadata: ObjectMeta
  involvedObject: ObjectReference
  reason: string
  message: string
  type: 'Normal' | 'Warning'
  count?: number
  firstTimestamp?: string
  lastTimestamp?: string
  source?: { component?: string; host?: string }
}
