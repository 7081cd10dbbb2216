import type { Ingress } from '../../api/kubernetes/ingress.ts'
import { ownerReferenceTo } from '../../api/owner-reference.ts'
import type { Rollout } from '../../api/rollout.ts'
import type { NamedMatch, StringMatch } from '../../api/steps.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { escaped } from '../cookie-pattern.ts'
import { inManagedOrder } from '../managed-routes.ts'
import type { HeaderRoute, TrafficIntent } from '../router.ts'
import { pathKey, servicesByPath, weightsAnnotation } from './weights.ts'

type Live = DeepReadonly<Ingress>

/** What requests to an Ingress must be like, in Skipper's own language ("Ingress Usage", "Predicates"). */
export const predicateAnnotation = 'zalando.org/skipper-predicate'

/** Annotations of Skipper that say nothing about the requests of a header route. */
const ownOfStable: ReadonlySet<string> = new Set([weightsAnnotation, predicateAnnotation, 'zalando.org/skipper-routes'])
/** Whether an annotation is one that Skipper reads. */
export const isOfSkipper = (key: string): boolean => key.startsWith('zalando.org/')
const classAnnotation = 'kubernetes.io/ingress.class'
/** More than the predicates of any other route of the same path: they count one each. */
const priority = 100
const longestName = 253

/** Name of the Ingress for a header route. */
export const headerIngressName = (rollout: string, ingress: string, route: string): string =>
  `${rollout}-${ingress}-${route}`.slice(0, longestName)

const patternOf = ({ exact, prefix, regex }: DeepReadonly<StringMatch>): string => {
  if (exact) return `^${escaped(exact)}$`
  return prefix ? `^${escaped(prefix)}` : `^(?:${regex ?? ''})$`
}

const predicate = (name: string, ...values: readonly string[]): string =>
  `${name}(${values.map((value) => JSON.stringify(value)).join(', ')})`

const byPattern = (name: string, { name: of, value }: DeepReadonly<NamedMatch>): string =>
  predicate(name, of, patternOf(value))

/** The predicates of a header route: a request must fulfil all of them. */
const predicatesOf = ({ match, cookie, queryParams = [] }: HeaderRoute): readonly string[] => [
  ...match.map(({ headerName, headerValue }) =>
    headerValue.exact
      ? predicate('Header', headerName, headerValue.exact)
      : predicate('HeaderRegexp', headerName, patternOf(headerValue)),
  ),
  ...(cookie === undefined ? [] : [byPattern('Cookie', cookie)]),
  ...queryParams.map((one) => byPattern('QueryParam', one)),
]

const annotationsOf = ({ metadata }: Live, route: HeaderRoute, rank: number): Readonly<Record<string, string>> => {
  const { annotations = {} } = metadata
  const kept = Object.entries(annotations).filter(
    ([key]) => key === classAnnotation || (isOfSkipper(key) && !ownOfStable.has(key)),
  )
  const own = annotations[predicateAnnotation]
  const all = [...(own === undefined ? [] : [own]), `Weight(${priority + rank})`, ...predicatesOf(route)]
  return { ...Object.fromEntries(kept), [predicateAnnotation]: all.join(' && ') }
}

/** The paths of an Ingress that are split, with the canary alone behind them. */
const specOf = ({ spec }: Live, { canary, stable }: TrafficIntent): Live['spec'] => {
  const services = servicesByPath(spec)
  const rules = (spec.rules ?? []).flatMap((rule) => {
    const paths = (rule.http?.paths ?? []).filter(
      (path) =>
        path.backend.service?.name === canary.serviceName &&
        services.get(pathKey(rule.host, path))?.has(stable.serviceName),
    )
    return paths.length === 0 ? [] : [{ ...rule, http: { ...rule.http, paths } }]
  })
  return { ...(spec.ingressClassName !== undefined && { ingressClassName: spec.ingressClassName }), rules }
}

/** What the Ingress of a header route says. */
export interface HeaderIngress {
  readonly name: string
  readonly annotations: Readonly<Record<string, string>>
  readonly spec: Live['spec']
}

/** The Ingresses for the header routes of an intent, the first of which has the highest priority. */
export const headerIngresses = (
  stable: Live,
  intent: TrafficIntent,
  { metadata }: DeepReadonly<Rollout>,
): readonly HeaderIngress[] =>
  inManagedOrder(intent.headerRoutes, intent).map((route, index, all) => ({
    name: headerIngressName(metadata.name, stable.metadata.name, route.name),
    annotations: annotationsOf(stable, route, all.length - index),
    spec: specOf(stable, intent),
  }))

/** An Ingress of a header route that does not exist yet. It belongs to the Rollout and goes with it. */
export const newHeaderIngress = (
  { name, annotations, spec }: HeaderIngress,
  stable: Live,
  rollout: DeepReadonly<Rollout>,
) => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: {
    name,
    namespace: rollout.metadata.namespace,
    ...(stable.metadata.labels && { labels: stable.metadata.labels }),
    annotations,
    ownerReferences: [ownerReferenceTo('Rollout', rollout)],
  },
  spec,
})
