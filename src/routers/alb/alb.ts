import { ingresses } from '../../api/resources.ts'
import type { Rollout } from '../../api/rollout.ts'
import type { DeepReadonly, JsonObject } from '../../lib/json.ts'
import type { KnownObjects, ObjectWrite, Router, TrafficIntent } from '../router.ts'
import type { TargetGroupVerification } from '../router-versions.ts'
import { type IngressContext, leavingPatchFor, patchFor } from './desired-ingress.ts'
import { observeLoadBalancers } from './observe.ts'
import { type AlbSpec, ingressIn, ingressRef, namedIngresses } from './spec.ts'
import { albFaults } from './validation.ts'

const whyOf = ({ canary, additional, headerRoutes, maxWeight }: TrafficIntent): string => {
  const weights = [canary, ...additional].map((one) => `${one.weight} of ${maxWeight} to ${one.serviceName}`)
  const routes = headerRoutes.map(({ name }) => name)
  return [...weights, ...(routes.length > 0 ? [`with the routes ${routes.join(', ')}`] : [])].join(', ')
}

type PatchMaker = (intent: TrafficIntent, context: IngressContext) => JsonObject | undefined

const writesBy =
  (patchMaker: PatchMaker) =>
  (intent: TrafficIntent, spec: AlbSpec, rollout: DeepReadonly<Rollout>, known: KnownObjects): readonly ObjectWrite[] =>
    namedIngresses(spec).flatMap(({ name }): readonly ObjectWrite[] => {
      const ingress = ingressIn(name, rollout, known)
      const patch = ingress && patchMaker(intent, { ingress, spec, rollout })
      return patch === undefined ? [] : [{ type: 'patch', ref: ingressRef(name, rollout), patch, why: whyOf(intent) }]
    })

/**
 * Sets the target groups of the forward action in annotations of Ingresses that the AWS Load Balancer Controller serves,
 * and adds paths with conditions for header routes. The action is ours as a whole; other actions, paths and annotations stay
 * as their owner wrote them. With `verification` AWS is asked whether its load balancers have taken that over.
 */
export const albRouter = (verification?: TargetGroupVerification): Router<AlbSpec> => ({
  name: 'alb',
  abilities: ['header-routes', 'cookie-routes', 'query-routes', 'additional-destinations', 'ping-pong'],
  resources: [ingresses],
  refs: (spec, rollout) => namedIngresses(spec).map(({ name }) => ingressRef(name, rollout)),
  validate: albFaults,
  desire: writesBy(patchFor),
  leave: writesBy(leavingPatchFor),
  // An Ingress does not tell what its load balancer does.
  verify: () => ({ state: 'not-verifiable' }),
  ...(verification !== undefined && {
    observe: (intent, spec, rollout, inquiry) => observeLoadBalancers(intent, spec, rollout, inquiry, verification),
  }),
})
