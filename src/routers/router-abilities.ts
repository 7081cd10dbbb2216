import { maxTrafficWeightOf } from '../api/defaults.ts'
import { type FieldError, forbidden } from '../api/field-error.ts'
import type { Rollout } from '../api/rollout.ts'
import type { CanaryStep, SetHeaderRoute } from '../api/steps.ts'
import type { DeepReadonly } from '../lib/json.ts'
import type { RouterAbility } from './router.ts'

/** Something that a spec asks of its routers, and where it does. */
interface Demand {
  readonly ability: RouterAbility
  readonly field: string
  /** What the router cannot do, as the end of a sentence. */
  readonly what: string
}

const at = 'spec.strategy.canary'

const demandsOfHeaderRoute = (
  { match, cookie, queryParams }: DeepReadonly<SetHeaderRoute>,
  field: string,
): readonly Demand[] => [
  ...(match?.length ? [{ ability: 'header-routes', field, what: 'route by headers' } as const] : []),
  ...(cookie === undefined
    ? []
    : [{ ability: 'cookie-routes', field: `${field}.cookie`, what: 'route by cookies' } as const]),
  ...(queryParams?.length
    ? [{ ability: 'query-routes', field: `${field}.queryParams`, what: 'route by query parameters' } as const]
    : []),
]

const demandsOfStep = (step: DeepReadonly<CanaryStep>, index: number): readonly Demand[] => {
  const field = `${at}.steps[${index}]`
  const weighted = (step.experiment?.templates ?? []).flatMap((template, position): Demand[] =>
    template.weight === undefined
      ? []
      : [
          {
            ability: 'additional-destinations',
            field: `${field}.experiment.templates[${position}].weight`,
            what: 'give the pods of an experiment a weight',
          },
        ],
  )
  return [
    ...(step.setHeaderRoute === undefined ? [] : demandsOfHeaderRoute(step.setHeaderRoute, `${field}.setHeaderRoute`)),
    ...(step.setMirrorRoute?.match?.length
      ? [{ ability: 'mirror-routes', field: `${field}.setMirrorRoute`, what: 'mirror requests' } as const]
      : []),
    ...weighted,
  ]
}

const demandsOf = ({ spec }: DeepReadonly<Pick<Rollout, 'spec'>>): readonly Demand[] => {
  const canary = spec.strategy?.canary
  return [
    ...(canary?.pingPong === undefined
      ? []
      : [{ ability: 'ping-pong', field: `${at}.pingPong`, what: 'work with Services that change roles' } as const]),
    ...(maxTrafficWeightOf({ spec }) === 100
      ? []
      : [
          {
            ability: 'weights-beyond-100',
            field: `${at}.trafficRouting.maxTrafficWeight`,
            what: 'count in other weights than per cent',
          } as const,
        ]),
    ...(canary?.trafficRouting?.sessionAffinity === undefined
      ? []
      : [
          {
            ability: 'session-affinity',
            field: `${at}.trafficRouting.sessionAffinity`,
            what: 'keep users with the canary by a cookie',
          } as const,
        ]),
    ...(canary?.steps ?? []).flatMap(demandsOfStep),
  ]
}

/**
 * What a Rollout asks of a router that this router cannot do. Each of several routers is asked: one that silently left a
 * route out, or read 200 of 1000 as 200 per cent, would send requests where nobody wants them.
 */
export const abilityErrors = (
  { name, abilities }: { readonly name: string; readonly abilities: readonly RouterAbility[] },
  rollout: DeepReadonly<Pick<Rollout, 'spec'>>,
): readonly FieldError[] =>
  demandsOf(rollout)
    .filter(({ ability }) => !abilities.includes(ability))
    .map(({ field, what }) => forbidden(field, `the router ${name} cannot ${what}: remove this, or the router`))
