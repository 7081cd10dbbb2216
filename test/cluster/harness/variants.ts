import { byHttpRoute, byNginxIngress, byService, type TrafficRule } from './traffic.ts'

/** A way to release the same shop: a manifest and how requests find their way then. */
export interface Variant {
  readonly name: string
  /** A file below `test/cluster/manifests`. */
  readonly manifest: string
  readonly rule: TrafficRule
  /** Whether weights decide, not the numbers of pods. */
  readonly isRouted: boolean
}

/** No router: shares are those of the pods. */
export const byReplicas: Variant = {
  name: 'replicas',
  manifest: 'replicas.yaml',
  rule: byService('shop'),
  isRouted: false,
}

/** ingress-nginx. */
export const byNginx: Variant = { name: 'nginx', manifest: 'nginx.yaml', rule: byNginxIngress('shop'), isRouted: true }

/** The Gateway API. */
export const byGateway: Variant = {
  name: 'http-route',
  manifest: 'http-route.yaml',
  rule: byHttpRoute('shop'),
  isRouted: true,
}

/** The Gateway API, with a pause that waits for somebody. */
export const byHand: Variant = { name: 'manual', manifest: 'manual.yaml', rule: byHttpRoute('shop'), isRouted: true }

/** Blue/green: users are behind the active Service, and analyses come before and after its switch. */
export const byBlueGreen: Variant = {
  name: 'blue-green',
  manifest: 'blue-green.yaml',
  rule: byService('shop-active'),
  isRouted: false,
}

/** Those in which an analysis decides. */
export const judged: readonly Variant[] = [byReplicas, byNginx, byGateway]
