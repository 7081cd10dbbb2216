import { type FieldError, invalid } from '../../api/field-error.ts'
import type { TraefikDestination, TraefikMirror, TraefikService } from '../../api/kubernetes/traefik-service.ts'
import type { Rollout } from '../../api/rollout.ts'
import type { TraefikRouting } from '../../api/routers/traefik.ts'
import type { SetMirrorRoute } from '../../api/steps.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import type { MirrorRoute, TrafficIntent } from '../router.ts'

type Mirroring = DeepReadonly<NonNullable<TraefikService['spec']['mirroring']>>

const isService = ({ kind = 'Service' }: Pick<DeepReadonly<TraefikDestination>, 'kind'>): boolean => kind === 'Service'

const mirrorTo = (
  service: string,
  { percentage }: MirrorRoute,
  like: DeepReadonly<TraefikDestination> | undefined,
): DeepReadonly<TraefikMirror> => {
  const { weight: _weight, ...destination } = like ?? { name: service }
  return { ...destination, name: service, percent: percentage }
}

/**
 * A mirroring with the mirror that an intent asks for, and without those of other times. `like` is the canary's place in
 * the weighted TraefikService: a mirror needs the port as well. Of several routes the first one counts, since Traefik
 * mirrors all requests alike.
 */
export const desiredMirroring = (
  live: Mirroring,
  { canary, mirrorRoutes }: TrafficIntent,
  like: DeepReadonly<TraefikDestination> | undefined,
): Mirroring => {
  const isOurs = (mirror: DeepReadonly<TraefikMirror>) => isService(mirror) && mirror.name === canary.serviceName
  const foreign = (live.mirrors ?? []).filter((mirror) => !isOurs(mirror))
  const wanted = mirrorRoutes.slice(0, 1).map((route) => mirrorTo(canary.serviceName, route, like))
  const mirrors = [...foreign, ...wanted]
  return live.mirrors === undefined && mirrors.length === 0 ? live : { ...live, mirrors }
}

const takesEverything = ({
  method,
  path,
  headers,
}: NonNullable<DeepReadonly<SetMirrorRoute>['match']>[number]): boolean =>
  method === undefined && headers === undefined && (path === undefined || path.prefix === '/')

const faultsOf = (
  { match = [], percentage = 100 }: DeepReadonly<SetMirrorRoute>,
  at: string,
  { mirroringTraefikServiceName }: DeepReadonly<TraefikRouting>,
): readonly FieldError[] => {
  if (match.length === 0) return []
  const everything = 'Traefik mirrors all requests of a TraefikService: use one match, `path: { prefix: / }`'
  const noObject = 'Traefik mirrors by a TraefikService of its own: name it in traefik.mirroringTraefikServiceName'
  return [
    ...(mirroringTraefikServiceName === undefined ? [invalid(at, '', noObject)] : []),
    ...(match.some(takesEverything) ? [] : [invalid(`${at}.match`, match, everything)]),
    ...(percentage >= 0 && percentage <= 100
      ? []
      : [invalid(`${at}.percentage`, percentage, 'must be between 0 and 100')]),
  ]
}

/** What Traefik cannot do for the mirror steps of a Rollout. */
export const mirrorStepErrors = (
  spec: DeepReadonly<TraefikRouting>,
  rollout: DeepReadonly<Rollout>,
): readonly FieldError[] =>
  (rollout.spec.strategy?.canary?.steps ?? []).flatMap(({ setMirrorRoute }, index) =>
    setMirrorRoute === undefined
      ? []
      : faultsOf(setMirrorRoute, `spec.strategy.canary.steps[${index}].setMirrorRoute`, spec),
  )
