import type { ObjectMeta } from './object-meta.ts'

/** A destination by its tags, of which `kuma.io/service` names the Service, with its relative weight. */
export type KumaDestination = { weight?: number; destination?: Record<string, string> }

/** A TrafficRoute (Kuma, `kuma.io/v1alpha1`): not namespaced. Its HTTP part splits requests that match something. */
export type KumaTrafficRoute = {
  apiVersion: string
  kind: 'TrafficRoute'
  metadata: ObjectMeta
  spec: { conf?: { split?: KumaDestination[]; http?: { split?: KumaDestination[] }[] } }
}
