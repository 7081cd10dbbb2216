import { conditionReasons, rolloutConditions } from '../api/conditions.ts'
import type { RolloutStatus } from '../api/rollout-status.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { fromRfc3339, toRfc3339 } from '../lib/rfc3339.ts'
import { conditionOf, renewCondition } from './conditions.ts'
import type { RoutingVerdict } from './routing-report.ts'

const { trafficRouted: type } = rolloutConditions

/** How long an explanation stands before it may be exchanged for another one of the same state. */
const explanationMs = 60_000

/**
 * Writes the condition TrafficRouted into a status. Where it is false as in `stored`, and only the explanation is another one,
 * that waits until the old one is a minute old: a router that counts its progress in words must not cause a write each time it
 * is asked.
 */
export const tellTrafficRouted = (
  status: RolloutStatus,
  { desired, message, ...verdict }: RoutingVerdict,
  stored: DeepReadonly<RolloutStatus>,
  now: number,
): void => {
  const before = conditionOf(stored, type)
  const isSame = before?.status === verdict.status && before.reason === verdict.reason && verdict.status === 'False'
  const isYoung = now - (fromRfc3339(before?.lastUpdateTime ?? '') ?? 0) < explanationMs
  const isExplanation = isSame && before.message.startsWith(`${desired}: `) && isYoung
  const told = isExplanation ? before.message : message
  const current = conditionOf(status, type)
  if (current?.status === verdict.status && current.reason === verdict.reason && current.message === told) return
  renewCondition(status, { type, ...verdict, message: told }, toRfc3339(now))
}

/** Says of a Rollout that is not touched that nothing is routed, where that was told of at all. */
export const tellNotRouted = (status: RolloutStatus, now: number): void => {
  const before = conditionOf(status, type)
  const reason = conditionReasons.trafficNotRouted
  if (before === undefined || before.reason === reason) return
  const message = 'nothing is set in the routers while the Rollout is invalid: see the condition InvalidSpec'
  renewCondition(status, { type, status: 'Unknown', reason, message }, toRfc3339(now))
}
