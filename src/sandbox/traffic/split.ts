import type { Pod } from '../../api/kubernetes/pod.ts'
import type { Service } from '../../api/kubernetes/service.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { isReady } from '../pods/pod-status.ts'

/** A Service and the part of all requests (0 to 1) that is sent to it. */
export interface ServiceShare {
  readonly service: string
  readonly share: number
  /** Labels that its pods must have besides those that the Service selects, for a subset of them. */
  readonly labels?: Readonly<Record<string, string>>
  /** What the header Set-Cookie of its answers says, where something on the way adds one. */
  readonly setCookie?: string
}

/** Destinations that share requests by weights relative to each other. */
export type WeightedList = readonly (Omit<ServiceShare, 'share'> & { readonly weight: number })[]

/** Where requests end. Shares and `failed` add up to 1, or to 0 when nothing sends any. */
export interface PodShares {
  /** Part of all requests by `rollouts-pod-template-hash` of the pod that answers; pods without one count under ''. */
  readonly byHash: Readonly<Record<string, number>>
  /** Part of all requests that was sent to a destination without a ready pod. */
  readonly failed: number
}

/** Label by which pods and Services tell revisions apart. */
export const hashLabel = 'rollouts-pod-template-hash'

/** Whether every pair of an equality selector is among the labels. An empty selector selects nothing, as for a Service. */
export const selects = (
  selector: DeepReadonly<Record<string, string>> | undefined,
  labels: DeepReadonly<Record<string, string>> | undefined,
): boolean => {
  const pairs = Object.entries(selector ?? {})
  return pairs.length > 0 && pairs.every(([key, value]) => labels?.[key] === value)
}

/** Pods that a Service sends requests to: selected and ready. */
export const readyPodsOf = (
  service: DeepReadonly<Service>,
  pods: readonly DeepReadonly<Pod>[],
): readonly DeepReadonly<Pod>[] =>
  pods.filter((pod) => selects(service.spec.selector, pod.metadata.labels) && isReady(pod))

const hasLabels = ({ metadata }: DeepReadonly<Pod>, labels: Readonly<Record<string, string>>): boolean =>
  Object.entries(labels).every(([key, value]) => metadata.labels?.[key] === value)

/** The ready pods that answer the requests of a share. */
const podsOf = (
  { service: name, labels = {} }: ServiceShare,
  services: readonly DeepReadonly<Service>[],
  pods: readonly DeepReadonly<Pod>[],
): readonly DeepReadonly<Pod>[] => {
  const service = services.find((candidate) => candidate.metadata.name === name)
  return service === undefined ? [] : readyPodsOf(service, pods).filter((pod) => hasLabels(pod, labels))
}

const hashOf = ({ metadata }: DeepReadonly<Pod>): string => metadata.labels?.[hashLabel] ?? ''

/** What the header Set-Cookie of answers says, by the revision that answers. */
export const cookiesSet = (
  shares: readonly ServiceShare[],
  services: readonly DeepReadonly<Service>[],
  pods: readonly DeepReadonly<Pod>[],
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    shares.flatMap((one) => {
      const { share, setCookie } = one
      if (share === 0 || setCookie === undefined) return []
      return podsOf(one, services, pods).map((pod) => [hashOf(pod), setCookie] as const)
    }),
  )

/** Spreads requests over the ready pods of each Service, each pod of a Service getting the same part. */
export const spreadOverPods = (
  shares: readonly ServiceShare[],
  services: readonly DeepReadonly<Service>[],
  pods: readonly DeepReadonly<Pod>[],
): PodShares => {
  const byHash: Record<string, number> = {}
  let failed = 0
  for (const one of shares) {
    const { share } = one
    if (share === 0) continue
    const ready = podsOf(one, services, pods)
    if (ready.length === 0) failed += share
    for (const pod of ready) byHash[hashOf(pod)] = (byHash[hashOf(pod)] ?? 0) + share / ready.length
  }
  return { byHash, failed }
}
