import type { Ingress } from '../../api/kubernetes/ingress.ts'
import { ingresses } from '../../api/resources.ts'
import type { Rollout } from '../../api/rollout.ts'
import type { AlbRouting } from '../../api/routers/alb.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import type { KnownObjects, ObjectRef } from '../router.ts'

/** What a Rollout says about its Ingresses. */
export type AlbSpec = DeepReadonly<AlbRouting>

/** Where a Rollout says it. */
export const albField = 'spec.strategy.canary.trafficRouting.alb'

/** An Ingress that a spec names, and the field that does. */
export interface NamedIngress {
  readonly name: string
  readonly field: string
}

/** The Ingresses that a spec names. */
export const namedIngresses = ({ ingress, ingresses: several = [] }: AlbSpec): readonly NamedIngress[] => [
  ...(ingress ? [{ name: ingress, field: `${albField}.ingress` }] : []),
  ...several.map((name, index) => ({ name, field: `${albField}.ingresses[${index}]` })),
]

/** Points at an Ingress of the Rollout's namespace. */
export const ingressRef = (name: string, { metadata }: DeepReadonly<Rollout>): ObjectRef => ({
  resource: ingresses,
  namespace: metadata.namespace ?? '',
  name,
})

/** An Ingress of the Rollout's namespace. */
export const ingressIn = (
  name: string,
  rollout: DeepReadonly<Rollout>,
  known: KnownObjects,
): DeepReadonly<Ingress> | undefined =>
  // The API server holds Ingresses to its own schema, of which our type is a part.
  known.get(ingressRef(name, rollout)) as unknown as DeepReadonly<Ingress> | undefined

/** Name of the action whose target groups are weighted: that of rootService, else of the stable Service. */
export const rootActionOf = ({ rootService }: AlbSpec, { spec }: DeepReadonly<Rollout>): string =>
  rootService || (spec.strategy?.canary?.stableService ?? '')

const prefixOf = ({ annotationPrefix }: AlbSpec): string => annotationPrefix || 'alb.ingress.kubernetes.io'

/** Key of the annotation that says where an action leads. */
export const actionKey = (spec: AlbSpec, action: string): string => `${prefixOf(spec)}/actions.${action}`

/** Key of the annotation that says for which requests an action is. */
export const conditionsKey = (spec: AlbSpec, action: string): string => `${prefixOf(spec)}/conditions.${action}`
