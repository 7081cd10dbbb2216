import { type AlbAction, albAction, useAnnotation } from '../../api/kubernetes/alb-action.ts'
import type { Ingress, IngressPath } from '../../api/kubernetes/ingress.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import type { ServiceShare } from './split.ts'

/** A path that stands for an annotation. */
interface ActionPath {
  readonly action: AlbAction
  /** Whether it is only for requests of a kind. */
  readonly isSpecial: boolean
}

/** The value of an annotation under whichever prefix it has. */
const annotationOf = ({ metadata }: DeepReadonly<Ingress>, ending: string): string | undefined =>
  Object.entries(metadata.annotations ?? {}).find(([key]) => key.endsWith(`/${ending}`))?.[1]

const actionPath = (
  ingress: DeepReadonly<Ingress>,
  { backend: { service } }: DeepReadonly<IngressPath>,
): readonly ActionPath[] => {
  if (service?.port?.name !== useAnnotation) return []
  const text = annotationOf(ingress, `actions.${service.name}`)
  const action = text === undefined ? undefined : albAction.safeParse(JSON.parse(text))
  if (action?.success !== true) return []
  return [{ action: action.data, isSpecial: annotationOf(ingress, `conditions.${service.name}`) !== undefined }]
}

const actionPaths = (ingresses: readonly DeepReadonly<Ingress>[]): readonly ActionPath[] =>
  ingresses.flatMap((ingress) => {
    const paths = (ingress.spec.rules ?? []).flatMap(({ http }) => http?.paths ?? [])
    return paths.flatMap((path) => actionPath(ingress, path))
  })

const leadsTo = ({ action }: ActionPath, services: ReadonlySet<string>): boolean =>
  action.ForwardConfig.TargetGroups.some(({ ServiceName }) => services.has(ServiceName))

/** Weights are a ratio; all 0 is an action that the load balancer does not take. */
const sharesOf = ({ action }: ActionPath, part: number): readonly ServiceShare[] => {
  const groups = action.ForwardConfig.TargetGroups
  const total = groups.reduce((sum, { Weight }) => sum + Weight, 0)
  if (total === 0) return [{ service: '', share: part }]
  return groups.map(({ ServiceName, Weight }) => ({ service: ServiceName, share: (part * Weight) / total }))
}

/**
 * How the forward actions in annotations of Ingresses split requests (AWS Load Balancer Controller, "Ingress
 * annotations"). Every path counts the same. Undefined when none leads to any of the Services.
 */
export const sharesOfAlb = (
  ingresses: readonly DeepReadonly<Ingress>[],
  services: ReadonlySet<string>,
): readonly ServiceShare[] | undefined => {
  const paths = actionPaths(ingresses).filter((path) => !path.isSpecial && leadsTo(path, services))
  return paths.length === 0 ? undefined : paths.flatMap((path) => sharesOf(path, 1 / paths.length))
}

/** The Services that actions for requests of a kind send some of them to. */
export const servicesOfSpecialActions = (
  ingresses: readonly DeepReadonly<Ingress>[],
  services: ReadonlySet<string>,
): ReadonlySet<string> =>
  new Set(
    actionPaths(ingresses)
      .filter((path) => path.isSpecial && leadsTo(path, services))
      .flatMap((path) => sharesOf(path, 1))
      .flatMap(({ service, share }) => (share > 0 ? [service] : [])),
  )
