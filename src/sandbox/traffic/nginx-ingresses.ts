import type { Ingress, IngressPath } from '../../api/kubernetes/ingress.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import type { ServiceShare } from './split.ts'

interface Path {
  readonly host: string
  readonly path: string
  readonly service: string
}

/** What a canary ingress says about itself, under whichever annotation prefix it uses. */
interface CanaryAnnotations {
  readonly weight: number
  readonly total: number
  /** Name of a header, and what it must be: a text, a pattern found in it, or `always`. */
  readonly header?: {
    readonly name: string
    readonly value?: string | undefined
    readonly pattern?: string | undefined
  }
  /** Name of a cookie that says `always` or `never`. */
  readonly cookie?: string
}

const annotationEnding = (ingress: DeepReadonly<Ingress>, ending: string): string | undefined =>
  Object.entries(ingress.metadata.annotations ?? {}).find(([key]) => key.endsWith(ending))?.[1]

const canaryAnnotationsOf = (ingress: DeepReadonly<Ingress>): CanaryAnnotations | undefined => {
  if (annotationEnding(ingress, '/canary') !== 'true') return undefined
  const header = annotationEnding(ingress, '/canary-by-header')
  const cookie = annotationEnding(ingress, '/canary-by-cookie')
  const value = annotationEnding(ingress, '/canary-by-header-value')
  const pattern = annotationEnding(ingress, '/canary-by-header-pattern')
  return {
    weight: Number(annotationEnding(ingress, '/canary-weight') ?? 0),
    total: Number(annotationEnding(ingress, '/canary-weight-total') ?? 100),
    ...(header !== undefined && { header: { name: header.toLowerCase(), value, pattern } }),
    ...(cookie !== undefined && { cookie }),
  }
}

const pathsOf = (ingress: DeepReadonly<Ingress>): Path[] =>
  (ingress.spec.rules ?? []).flatMap((rule) =>
    (rule.http?.paths ?? []).flatMap((path: DeepReadonly<IngressPath>) =>
      path.backend.service === undefined
        ? []
        : [{ host: rule.host ?? '*', path: path.path ?? '/', service: path.backend.service.name }],
    ),
  )

interface CanaryPath extends Path, CanaryAnnotations {}

const canaryPathsOf = (ingresses: readonly DeepReadonly<Ingress>[]): readonly CanaryPath[] =>
  ingresses.flatMap((ingress) => {
    const annotations = canaryAnnotationsOf(ingress)
    return annotations === undefined ? [] : pathsOf(ingress).map((path) => ({ ...path, ...annotations }))
  })

const ordinaryPathsOf = (ingresses: readonly DeepReadonly<Ingress>[], services: ReadonlySet<string>): readonly Path[] =>
  ingresses
    .filter((ingress) => canaryAnnotationsOf(ingress) === undefined)
    .flatMap(pathsOf)
    .filter((path) => services.has(path.service))

/** ingress-nginx joins a canary ingress with the ordinary one of the same host and path. */
const canaryOf = (path: Path, canaries: readonly CanaryPath[]): CanaryPath | undefined =>
  canaries.find((candidate) => candidate.host === path.host && candidate.path === path.path)

const sharesOfPath = (path: Path, canary: CanaryPath | undefined, part: number): ServiceShare[] => {
  if (canary === undefined) return [{ service: path.service, share: part }]
  const canaryPart = part * Math.min(1, Math.max(0, canary.weight / canary.total))
  return [
    { service: canary.service, share: canaryPart },
    { service: path.service, share: part - canaryPart },
  ]
}

/**
 * How ingresses of ingress-nginx split the requests to paths that lead to one of the Services (its documentation,
 * "Annotations / Canary"). Every path counts the same. Undefined when no ordinary ingress leads to any of them.
 */
export const sharesOfIngresses = (
  ingresses: readonly DeepReadonly<Ingress>[],
  services: ReadonlySet<string>,
): readonly ServiceShare[] | undefined => {
  const canaries = canaryPathsOf(ingresses)
  const paths = ordinaryPathsOf(ingresses, services)
  return paths.length === 0
    ? undefined
    : paths.flatMap((path) => sharesOfPath(path, canaryOf(path, canaries), 1 / paths.length))
}

/** The Services to which canary ingresses send requests with a certain header or cookie. */
export const servicesOfSpecialIngresses = (
  ingresses: readonly DeepReadonly<Ingress>[],
  services: ReadonlySet<string>,
): ReadonlySet<string> => {
  const canaries = canaryPathsOf(ingresses)
  const found = ordinaryPathsOf(ingresses, services).map((path) => canaryOf(path, canaries))
  return new Set(
    found.flatMap((canary) =>
      canary === undefined || (canary.header === undefined && canary.cookie === undefined) ? [] : [canary.service],
    ),
  )
}

const cookieValue = (header: string, name: string): string | undefined =>
  header
    .split('; ')
    .find((pair) => pair.startsWith(`${name}=`))
    ?.slice(name.length + 1)

/** Where a request must go by its header or its cookie; undefined where the weight decides. The header comes first. */
const decisionOn = (
  { header, cookie }: CanaryAnnotations,
  headers: Readonly<Record<string, string>>,
): 'canary' | 'ordinary' | undefined => {
  const actual = header && headers[header.name]
  if (header !== undefined && actual !== undefined) {
    const { value, pattern } = header
    if (value !== undefined) {
      if (actual === value) return 'canary'
    } else if (pattern !== undefined) {
      if (new RegExp(pattern).test(actual)) return 'canary'
    } else if (actual === 'always' || actual === 'never') return actual === 'always' ? 'canary' : 'ordinary'
  }
  const said = cookie === undefined ? undefined : cookieValue(headers.cookie ?? '', cookie)
  return said === 'always' ? 'canary' : said === 'never' ? 'ordinary' : undefined
}

/** Where one request goes, by the first path that leads to one of the Services; undefined when none does. */
export const ingressAnswerTo = (
  headers: Readonly<Record<string, string>>,
  ingresses: readonly DeepReadonly<Ingress>[],
  services: ReadonlySet<string>,
): readonly ServiceShare[] | undefined => {
  const [path] = ordinaryPathsOf(ingresses, services)
  if (path === undefined) return undefined
  const canary = canaryOf(path, canaryPathsOf(ingresses))
  const decision = canary && decisionOn(canary, headers)
  if (canary === undefined || decision === 'ordinary') return [{ service: path.service, share: 1 }]
  return decision === 'canary' ? [{ service: canary.service, share: 1 }] : sharesOfPath(path, canary, 1)
}
