import { type FieldError, forbidden } from '../api/field-error.ts'
import type { Rollout } from '../api/rollout.ts'
import { serviceReferences } from '../api/validation/service-references.ts'
import type { DeepReadonly } from '../lib/json.ts'
import type { ObjectRef } from '../routers/router.ts'
import { refName } from './routing-memory.ts'

/** Another Rollout that sets the same part of a routing object. */
export interface Rival {
  /** `namespace/name`. */
  readonly rollout: string
  /** `HTTPRoute "web"`. */
  readonly object: string
  /** What of it both set, as the end of a sentence. */
  readonly part: string
  /** Whether the other one was there first, and so goes on. */
  readonly isOlder: boolean
}

/** A Rollout with the routing objects that it names. */
export interface RoutedRollout {
  readonly rollout: DeepReadonly<Rollout>
  readonly refs: readonly ObjectRef[]
}

/** Stands for every name. */
const any = '*'

/** Something in a routing object that only one Rollout can set. */
interface Claim {
  readonly kind: 'service' | 'route' | 'http' | 'tls' | 'tcp' | 'object'
  readonly name: string
}

const partOf = ({ kind, name }: Claim): string => {
  if (kind === 'object') return 'the whole of it'
  if (kind === 'service') return `the weight of Service ${name}`
  if (kind === 'route') return `the managed route ${name}`
  return name === any ? `its ${kind} route` : `the ${kind} route ${name}`
}

const listed = (kind: Claim['kind'], list: readonly unknown[] = []): readonly Claim[] =>
  list.map((one) => ({ kind, name: typeof one === 'string' ? one : JSON.stringify(one) }))

/** Istio takes destinations of others out of a route that it weights, so a route has one Rollout. */
const claimsOnVirtualService = ({ spec }: DeepReadonly<Rollout>, { name: wanted }: ObjectRef): readonly Claim[] => {
  const { virtualService, virtualServices = [] } = spec.strategy?.canary?.trafficRouting?.istio ?? {}
  return [virtualService, ...virtualServices]
    .filter((one) => one !== undefined)
    .filter(({ name }) => name === wanted || name.startsWith(`${wanted}.`) || name.endsWith(`/${wanted}`))
    .flatMap(({ routes, tlsRoutes, tcpRoutes }): readonly Claim[] => {
      const claims = [...listed('http', routes), ...listed('tls', tlsRoutes), ...listed('tcp', tcpRoutes)]
      // Without a list, the only route that there is is meant.
      return claims.length > 0 ? claims : [{ kind: 'http', name: any }]
    })
}

/** Kinds of which an object says one thing for one Rollout, such as which pods it selects. */
const setAsAWhole: ReadonlySet<string> = new Set(['DestinationRule', 'TrafficSplit', 'VirtualNode'])

const claimsOn = (ref: ObjectRef, rollout: DeepReadonly<Rollout>): readonly Claim[] => {
  const { kind } = ref.resource
  if (setAsAWhole.has(kind)) return [{ kind: 'object', name: any }]
  const { namespace = '' } = rollout.metadata
  const { rootService } = rollout.spec.strategy?.canary?.trafficRouting?.alb ?? {}
  const names = [...serviceReferences(rollout).map(({ name }) => name), ...(rootService ? [rootService] : [])]
  const services = names.map((name) => `${namespace}/${name}`)
  const routes = rollout.spec.strategy?.canary?.trafficRouting?.managedRoutes ?? []
  return [
    ...services.map((name): Claim => ({ kind: 'service', name })),
    ...routes.map(({ name }): Claim => ({ kind: 'route', name })),
    ...(kind === 'VirtualService' ? claimsOnVirtualService(rollout, ref) : []),
  ]
}

const commonClaim = (mine: readonly Claim[], theirs: readonly Claim[]): Claim | undefined =>
  mine.find((claim) =>
    theirs.some(({ kind, name }) => kind === claim.kind && (name === claim.name || name === any || claim.name === any)),
  )

const isOlder = (a: DeepReadonly<Rollout>, b: DeepReadonly<Rollout>): boolean => {
  const [left, right] = [a, b].map(({ metadata }) => `${metadata.creationTimestamp} ${metadata.uid}`)
  return (left ?? '') < (right ?? '')
}

/**
 * Other Rollouts that set the same part of a routing object as this one, each with the first part that they share. One
 * object may well serve several Rollouts, each with its own Services and routes.
 */
export const rivalsOf = (own: RoutedRollout, others: readonly RoutedRollout[]): readonly Rival[] =>
  others.flatMap((other) => {
    if (other.rollout.metadata.uid === own.rollout.metadata.uid) return []
    const theirs = new Set(other.refs.map(refName))
    const shared = own.refs.filter((ref) => theirs.has(refName(ref)))
    for (const ref of shared) {
      const claim = commonClaim(claimsOn(ref, own.rollout), claimsOn(ref, other.rollout))
      if (claim === undefined) continue
      const { namespace = '', name } = other.rollout.metadata
      const object = `${ref.resource.kind} "${ref.name}"`
      const isFirst = isOlder(other.rollout, own.rollout)
      return [{ rollout: `${namespace}/${name}`, object, part: partOf(claim), isOlder: isFirst }]
    }
    return []
  })

/** The fault of the younger of two Rollouts; the older one goes on. */
export const rivalFaults = ({ isOlder: isHeld, object, rollout, part }: Rival): readonly FieldError[] =>
  isHeld
    ? [
        forbidden(
          'spec.strategy.canary.trafficRouting',
          `${object} belongs to the older Rollout ${rollout}, and both set ${part}: name another object or part in one of them`,
        ),
      ]
    : []

/** What the older one says of the younger ones. */
export const rivalText = ({ object, rollout, part }: Rival): string =>
  `the younger Rollout ${rollout} names ${object} too and is held, since both set ${part}`
