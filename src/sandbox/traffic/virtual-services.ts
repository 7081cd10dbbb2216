import type {
  DestinationRule,
  IstioDestination,
  IstioHttpMatch,
  IstioHttpRoute,
  IstioStringMatch,
  VirtualService,
  WeightedDestination,
} from '../../api/kubernetes/istio.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { objectOr, stringOr } from '../../lib/json-value.ts'
import type { ServiceShare } from './split.ts'

/** Istio's objects, and the namespace whose Services are meant. */
export interface Mesh {
  readonly namespace: string
  /** Of every namespace: each may lead here. */
  readonly virtualServices: readonly DeepReadonly<VirtualService>[]
  readonly destinationRules: readonly DeepReadonly<DestinationRule>[]
}

/** What a mesh looks at in a request. Names of headers are in lower case. */
export interface MeshRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
}

type Destination = DeepReadonly<IstioDestination>
type HttpRoute = DeepReadonly<IstioHttpRoute>

/** The Service that a host means, seen from a namespace: short names are of its own (Istio, "Destination"). */
const serviceOf = (host: string, from: string, { namespace }: Mesh): string | undefined => {
  const [name = '', place = from] = host.split('.')
  return place === namespace ? name : undefined
}

/** Where a destination leads; the empty Service where Istio would find nothing. */
const targetOf = ({ host = '', subset }: Destination, from: string, mesh: Mesh): Omit<ServiceShare, 'share'> => {
  const service = serviceOf(host, from, mesh) ?? ''
  if (subset === undefined) return { service }
  const rules = mesh.destinationRules.filter((rule) => serviceOf(rule.spec.host, mesh.namespace, mesh) === service)
  const found = rules.flatMap(({ spec }) => spec.subsets ?? []).find(({ name }) => name === subset)
  return found === undefined ? { service: '' } : { service, labels: found.labels ?? {} }
}

type Weighted = readonly DeepReadonly<WeightedDestination>[]

/** What a destination has its answers set. */
const cookieOf = ({ headers }: Weighted[number]): Pick<ServiceShare, 'setCookie'> => {
  const setCookie = stringOr(objectOr(objectOr(objectOr(headers).response).add)['Set-Cookie'])
  return setCookie === undefined ? {} : { setCookie }
}

/** Weights are proportions; a destination that stands alone gets everything. */
const sharesOf = (destinations: Weighted, from: string, mesh: Mesh, part: number): readonly ServiceShare[] => {
  const weightOf = ({ weight }: Weighted[number]): number => (destinations.length === 1 ? 1 : (weight ?? 0))
  const total = destinations.reduce((sum, one) => sum + weightOf(one), 0)
  if (total === 0) return [{ service: '', share: part }]
  return destinations.map((one) => ({
    ...targetOf(one.destination ?? {}, from, mesh),
    share: (part * weightOf(one)) / total,
    ...cookieOf(one),
  }))
}

interface Routed {
  /** Namespace of the VirtualService. */
  readonly from: string
  readonly route: { readonly match?: HttpRoute['match']; readonly route?: Weighted | undefined }
}

const leadsTo = ({ from, route }: Routed, services: ReadonlySet<string>, mesh: Mesh): boolean =>
  (route.route ?? []).some(({ destination = {} }) => services.has(serviceOf(destination.host ?? '', from, mesh) ?? ''))

const routesOf = (services: ReadonlySet<string>, mesh: Mesh): readonly Routed[] =>
  mesh.virtualServices
    .flatMap(({ metadata, spec }) => {
      const connections = [...(spec.tls ?? []), ...(spec.tcp ?? [])].map(({ route }) => ({ route }))
      return [...(spec.http ?? []), ...connections].map((route) => ({ from: metadata.namespace ?? '', route }))
    })
    .filter((routed) => leadsTo(routed, services, mesh))

/** A route that only serves requests with certain headers or query parameters takes no part of ordinary traffic. */
const servesOrdinaryRequests = ({ route: { match = [] } }: Routed): boolean =>
  match.length === 0 || match.some(({ headers, queryParams }) => headers === undefined && queryParams === undefined)

/**
 * How VirtualServices that lead to one of the Services split ordinary requests: every route counts the same. Undefined when
 * none leads to any of them.
 */
export const sharesOfVirtualServices = (
  services: ReadonlySet<string>,
  mesh: Mesh,
): readonly ServiceShare[] | undefined => {
  const routes = routesOf(services, mesh).filter(servesOrdinaryRequests)
  if (routes.length === 0) return undefined
  return routes.flatMap(({ from, route }) => sharesOf(route.route ?? [], from, mesh, 1 / routes.length))
}

/** Where routes for special requests, those with a certain header, send some of them. */
export const specialDestinationsOfVirtualServices = (
  services: ReadonlySet<string>,
  mesh: Mesh,
): readonly Omit<ServiceShare, 'share'>[] =>
  routesOf(services, mesh)
    .filter((routed) => !servesOrdinaryRequests(routed))
    .flatMap(({ from, route }) => sharesOf(route.route ?? [], from, mesh, 1))
    .flatMap(({ share, ...destination }) => (share > 0 ? [destination] : []))

/** Istio's proxies compare whole texts with a regular expression. */
const matchesText = ({ exact, prefix, regex }: DeepReadonly<IstioStringMatch>, text: string | undefined): boolean => {
  if (text === undefined) return false
  if (exact !== undefined) return text === exact
  if (prefix !== undefined) return text.startsWith(prefix)
  return regex === undefined || new RegExp(`^(?:${regex})$`).test(text)
}

const matches = (
  { uri, method, headers = {}, queryParams = {} }: DeepReadonly<IstioHttpMatch>,
  request: MeshRequest,
): boolean =>
  (uri === undefined || matchesText(uri, request.path)) &&
  (method === undefined || matchesText(method, request.method)) &&
  Object.entries(headers).every(([name, wanted]) => matchesText(wanted, request.headers[name])) &&
  Object.entries(queryParams).every(([name, wanted]) => matchesText(wanted, request.query[name]))

/** Where a mesh sends requests of a kind, and where copies of them. */
export interface MeshAnswer {
  readonly shares: readonly ServiceShare[]
  readonly copies: readonly ServiceShare[]
}

const answerOf = ({ route = [], mirror, mirrorPercentage }: HttpRoute, from: string, mesh: Mesh): MeshAnswer => ({
  shares: sharesOf(route, from, mesh, 1),
  copies:
    mirror === undefined ? [] : [{ ...targetOf(mirror, from, mesh), share: (mirrorPercentage?.value ?? 100) / 100 }],
})

/** The first HTTP route that matches takes a request, in the first VirtualService that leads to one of the Services. */
export const meshAnswerTo = (
  request: MeshRequest,
  services: ReadonlySet<string>,
  mesh: Mesh,
): MeshAnswer | undefined => {
  for (const { metadata, spec } of mesh.virtualServices) {
    const from = metadata.namespace ?? ''
    const http = spec.http ?? []
    if (!http.some((route) => leadsTo({ from, route }, services, mesh))) continue
    const taking = http.find(({ match = [] }) => match.length === 0 || match.some((one) => matches(one, request)))
    return taking && answerOf(taking, from, mesh)
  }
  return undefined
}
