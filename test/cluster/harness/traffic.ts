import type { DataPlaneObjects } from './data-plane-view.ts'
import { isReady, type Pod, selects } from './objects.ts'

/** A Service and its share of the requests; shares need not add up to anything. */
export interface Backend {
  readonly service: string
  readonly weight: number
}

/** What a traffic router would do with a request, read from the objects that configure it. */
export type TrafficRule = (objects: DataPlaneObjects, namespace: string) => readonly Backend[]

/** Without a router: kube-proxy spreads requests evenly over the Ready pods of one Service. */
export function byService(service: string): TrafficRule {
  return () => [{ service, weight: 1 }]
}

/** The weights of the backends in the first rule of an HTTPRoute. */
export function byHttpRoute(name: string): TrafficRule {
  return (objects, namespace) => {
    const route = objects.httpRoutes.find(
      (item) => item.metadata.name === name && item.metadata.namespace === namespace,
    )
    return (route?.spec.rules[0]?.backendRefs ?? []).map((ref) => ({ service: ref.name, weight: ref.weight }))
  }
}

/**
 * What ingress-nginx does with canary annotations: of the requests to the stable Ingress' host, `canary-weight` of
 * `canary-weight-total` (100 by default) go to the Ingress of the same host that is annotated `canary: "true"`.
 */
export function byNginxIngress(stable: string): TrafficRule {
  const prefix = 'nginx.ingress.kubernetes.io'
  return (objects, namespace) => {
    const ingresses = objects.ingresses.filter((item) => item.metadata.namespace === namespace)
    const main = ingresses.find((item) => item.metadata.name === stable)
    const host = main?.spec.rules[0]?.host
    const canary = ingresses.find(
      ({ metadata, spec }) => metadata.annotations[`${prefix}/canary`] === 'true' && spec.rules[0]?.host === host,
    )
    const serviceOf = (ingress: typeof main): string =>
      ingress?.spec.rules[0]?.http.paths[0]?.backend.service?.name ?? ''
    const weight = Number(canary?.metadata.annotations[`${prefix}/canary-weight`] ?? 0)
    const total = Number(canary?.metadata.annotations[`${prefix}/canary-weight-total`] ?? 100)
    if (canary === undefined) return [{ service: serviceOf(main), weight: total }]
    return [
      { service: serviceOf(canary), weight },
      { service: serviceOf(main), weight: total - weight },
    ]
  }
}

/** The pods that may get a request for this Service: Ready, and selected by it. */
export function podsBehind(objects: DataPlaneObjects, namespace: string, service: string): readonly Pod[] {
  const found = objects.services.find(({ metadata }) => metadata.name === service && metadata.namespace === namespace)
  const selector = found?.spec.selector ?? {}
  return objects.pods.filter(
    (pod) => pod.metadata.namespace === namespace && isReady(pod) && selects(selector, pod.metadata.labels),
  )
}

/** The share of all requests, 0 to 1, that the pods of this image get by the weights in force. */
export function shareOfImage(objects: DataPlaneObjects, namespace: string, rule: TrafficRule, image: string): number {
  const backends = rule(objects, namespace)
  const total = backends.reduce((sum, { weight }) => sum + weight, 0)
  if (total === 0) return 0
  let share = 0
  for (const { service, weight } of backends) {
    const pods = podsBehind(objects, namespace, service)
    const those = pods.filter((pod) => pod.spec.containers.some((container) => container.image === image))
    if (pods.length > 0) share += (weight / total) * (those.length / pods.length)
  }
  return share
}

/**
 * Chooses so that after any number of requests each choice has had its share within one request (smooth weighted round
 * robin): a story's verdict must not hang on a dice.
 */
export function createChooser(): (shares: ReadonlyMap<string, number>) => string | undefined {
  const credit = new Map<string, number>()
  return (shares) => {
    let total = 0
    let best: string | undefined
    for (const [name, share] of shares) {
      if (share <= 0) continue
      total += share
      credit.set(name, (credit.get(name) ?? 0) + share)
      if (best === undefined || (credit.get(name) ?? 0) > (credit.get(best) ?? 0)) best = name
    }
    if (best !== undefined) credit.set(best, (credit.get(best) ?? 0) - total)
    for (const name of credit.keys()) if (!shares.has(name)) credit.delete(name)
    return best
  }
}
