import { isDeepStrictEqual } from 'node:util'
import type { Ingress, IngressPath, IngressRule } from '../../api/kubernetes/ingress.ts'
import { managedRoutePartsAnnotation } from '../../api/labels.ts'
import { ownerReferenceTo } from '../../api/owner-reference.ts'
import type { Rollout } from '../../api/rollout.ts'
import type { NginxRouting } from '../../api/routers/nginx.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { managedPartsOf, recordWith } from '../managed-parts.ts'
import type { TrafficIntent } from '../router.ts'
import { routeAnnotations } from './route-annotations.ts'

const suffix = '-canary'
const longestName = 253
const ingressClassAnnotation = 'kubernetes.io/ingress.class'

/** Name of the canary copy of a stable Ingress, as the published controller names it. */
export const canaryIngressName = (rolloutName: string, stableIngress: string): string =>
  `${`${rolloutName}-${stableIngress}`.slice(0, longestName - suffix.length)}${suffix}`

const usesStable = (path: DeepReadonly<IngressPath>, stableService: string): boolean =>
  path.backend.service?.name === stableService

const canaryPath = (path: DeepReadonly<IngressPath>, intent: TrafficIntent): DeepReadonly<IngressPath> =>
  usesStable(path, intent.stable.serviceName)
    ? { ...path, backend: { ...path.backend, service: { ...path.backend.service, name: intent.canary.serviceName } } }
    : path

/** The rules of a stable Ingress that lead to the stable Service. */
export const rulesOfStable = (
  ingress: DeepReadonly<Ingress>,
  stableService: string,
): readonly DeepReadonly<IngressRule>[] =>
  (ingress.spec.rules ?? []).filter((rule) => rule.http?.paths.some((path) => usesStable(path, stableService)))

const prefixOf = ({ annotationPrefix }: DeepReadonly<NginxRouting>): string =>
  annotationPrefix || 'nginx.ingress.kubernetes.io'

const totalKey = (spec: DeepReadonly<NginxRouting>): string => `${prefixOf(spec)}/canary-weight-total`

/** Annotations that the canary copy must carry; others that it carries are somebody else's and stay. */
export const canaryAnnotations = (
  stable: DeepReadonly<Ingress>,
  intent: TrafficIntent,
  spec: DeepReadonly<NginxRouting>,
  hasOwnMaximum: boolean,
): Record<string, string> => {
  const prefix = prefixOf(spec)
  const ingressClass = stable.metadata.annotations?.[ingressClassAnnotation]
  const additional = Object.entries(spec.additionalIngressAnnotations ?? {}).map(([key, value]) => [
    key.startsWith(`${prefix}/`) ? key : `${prefix}/${key}`,
    value,
  ])
  return {
    ...(ingressClass === undefined ? {} : { [ingressClassAnnotation]: ingressClass }),
    ...Object.fromEntries(additional),
    ...spec.canaryIngressAnnotations,
    [`${prefix}/canary`]: 'true',
    [`${prefix}/canary-weight`]: String(intent.canary.weight),
    ...(hasOwnMaximum ? { [totalKey(spec)]: String(intent.maxWeight) } : {}),
    ...routeAnnotations(intent.headerRoutes, prefix),
  }
}

/** The record of the annotations that the header routes of an intent are made of; nothing where there are none. */
export const recordOfRoutes = (
  { headerRoutes }: TrafficIntent,
  spec: DeepReadonly<NginxRouting>,
  live: Pick<DeepReadonly<Ingress>, 'metadata'> | undefined,
  rollout: DeepReadonly<Rollout>,
): Readonly<Record<string, string>> => {
  const rules = Object.keys(routeAnnotations(headerRoutes, prefixOf(spec)))
  const record = recordWith(live ?? { metadata: {} }, rollout, { rules })
  return record === undefined ? {} : { [managedRoutePartsAnnotation]: record }
}

/**
 * What is to change in the annotations of a canary copy, as a JSON merge patch: those that it must carry, and null for those
 * of header routes that are over, and for those that would make another share of the weight or hand the copy to another
 * controller than the stable Ingress. Others are somebody else's and stay.
 */
export const annotationChange = (
  wanted: Readonly<Record<string, string>>,
  live: Pick<DeepReadonly<Ingress>, 'metadata'>,
  spec: DeepReadonly<NginxRouting>,
  rollout: DeepReadonly<Rollout>,
): Readonly<Record<string, string | null>> => {
  const { rules: former = [] } = managedPartsOf(live, rollout)
  const own = [managedRoutePartsAnnotation, totalKey(spec), ingressClassAnnotation]
  const mayGo = [...former, ...own].filter((key) => wanted[key] === undefined)
  const changes: Readonly<Record<string, string | null>> = {
    ...wanted,
    ...Object.fromEntries(mayGo.map((key) => [key, null])),
  }
  const there = live.metadata.annotations ?? {}
  return Object.fromEntries(Object.entries(changes).filter(([key, value]) => (there[key] ?? null) !== value))
}

/** What the canary copy routes: the stable rules with the canary Service in the stable one's place. */
export const canarySpec = (stable: DeepReadonly<Ingress>, intent: TrafficIntent): DeepReadonly<Ingress['spec']> => ({
  ...(stable.spec.ingressClassName === undefined ? {} : { ingressClassName: stable.spec.ingressClassName }),
  ...(stable.spec.tls === undefined ? {} : { tls: stable.spec.tls }),
  rules: rulesOfStable(stable, intent.stable.serviceName).map((rule) => ({
    ...rule,
    http: { ...rule.http, paths: (rule.http?.paths ?? []).map((path) => canaryPath(path, intent)) },
  })),
})

const copied = ['ingressClassName', 'tls', 'rules'] as const

/**
 * What a canary copy is to route, as a JSON merge patch; what the stable Ingress has no more goes. Empty where nothing
 * changes.
 */
export const specChange = (
  wanted: DeepReadonly<Ingress['spec']>,
  live: DeepReadonly<Ingress['spec']>,
): Readonly<Record<string, unknown>> => {
  const gone = copied.filter((key) => wanted[key] === undefined && live[key] !== undefined)
  const isSame = copied.every((key) => isDeepStrictEqual(wanted[key], live[key]))
  return isSame ? {} : { ...wanted, ...Object.fromEntries(gone.map((key) => [key, null])) }
}

/** A canary copy that does not exist yet. It belongs to the Rollout and goes with it. */
export const newCanaryIngress = (
  stable: DeepReadonly<Ingress>,
  intent: TrafficIntent,
  annotations: Readonly<Record<string, string>>,
  rollout: DeepReadonly<Rollout>,
): DeepReadonly<Omit<Ingress, 'metadata'>> & { readonly metadata: object } => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: {
    name: canaryIngressName(rollout.metadata.name, stable.metadata.name),
    namespace: rollout.metadata.namespace,
    annotations,
    ownerReferences: [ownerReferenceTo('Rollout', rollout)],
  },
  spec: canarySpec(stable, intent),
})
