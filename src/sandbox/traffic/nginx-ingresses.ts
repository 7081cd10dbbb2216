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
}

const annotationEnding = (ingress: DeepReadonly<Ingress>, ending: string): string | undefined =>
  Object.entries(ingress.metadata.annotations ?? {}).find(([key]) => key.endsWith(ending))?.[1]

const canaryAnnotationsOf = (ingress: DeepReadonly<Ingress>): CanaryAnnotations | undefined => {
  if (annotationEnding(ingress, '/canary') !== 'true') return undefined
  return {
    weight: Number(annotationEnding(ingress, '/canary-weight') ?? 0),
    total: Number(annotationEnding(ingress, '/canary-weight-total') ?? 100),
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

/** ingress-nginx joins a canary ingress with the ordinary one of the same host and path. */
const sharesOfPath = (path: Path, canaries: readonly CanaryPath[], part: number): ServiceShare[] => {
  const canary = canaries.find((candidate) => candidate.host === path.host && candidate.path === path.path)
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
  const canaries = ingresses.flatMap((ingress) => {
    const annotations = canaryAnnotationsOf(ingress)
    return annotations === undefined ? [] : pathsOf(ingress).map((path) => ({ ...path, ...annotations }))
  })
  const paths = ingresses
    .filter((ingress) => canaryAnnotationsOf(ingress) === undefined)
    .flatMap(pathsOf)
    .filter((path) => services.has(path.service))
  return paths.length === 0 ? undefined : paths.flatMap((path) => sharesOfPath(path, canaries, 1 / paths.length))
}
