import type { RolloutStatus } from '../../../api/rollout-status.ts'
import { cloneJson } from '../../../lib/json-value.ts'
import type { Draft } from '../../draft.ts'

const router = 'alb'

/**
 * Shows the load balancers and target groups that AWS was asked about, which metrics of analyses may refer to. `alb` is the
 * last of several, as the published controller has it.
 */
export const tellLoadBalancers = ({ snapshot, status }: Draft): void => {
  if (!snapshot.routers.some(({ name, observe }) => name === router && observe !== undefined)) {
    delete status.alb
    delete status.albs
    return
  }
  const told = snapshot.routerReplies.get(router)?.reply?.answer?.albs
  if (told === undefined) return
  const albs = cloneJson(told) as NonNullable<RolloutStatus['albs']>
  const last = albs.at(-1)
  Object.assign(status, { albs, ...(last && { alb: last }) })
}
