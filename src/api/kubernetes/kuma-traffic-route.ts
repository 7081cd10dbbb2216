import type { ObjectMeta } from './object-meta.ts'

/** A destination by its tags, of which `kuma.io/service` names the Service, with its relative weight. */
export type KumaDestination = { weight?: number; destination?: Record<string, string> }

/** How a text is compared: exactly one of the three is set. */
export type KumaStringMatcher = { prefix?: string; exact?: string; regex?: string }

/** Requests of a kind, and where they go: split, or to one destination. The first that matches counts. */
export type KumaHttpRoute = {
  match?: { method?: KumaStringMatcher; path?: KumaStringMatcher; headers?: Record<string, KumaStringMatcher> }
  split?: KumaDestination[]
  destination?: Record<string, string>
}

/** A TrafficRoute (Kuma, `kuma.io/v1alpha1`): not namespaced. What its HTTP part does not match is split by `split`. */
export type KumaTrafficRoute = {
  apiVersion: string
  kind: 'TrafficRoute'
  metadata: ObjectMeta
  spec: { conf?: { split?: KumaDestination[]; http?: KumaHttpRoute[] } }
}
