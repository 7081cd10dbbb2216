import type { ConditionReason, ConditionStatus, RolloutConditionType } from '../api/conditions.ts'
import { rolloutConditions } from '../api/conditions.ts'
import type { RolloutStatus } from '../api/rollout-status.ts'
import type { StatusCondition } from '../api/status-condition.ts'
import type { DeepReadonly } from '../lib/json.ts'

/** A condition to set, without the times. */
export interface ConditionWish {
  readonly type: RolloutConditionType
  readonly status: ConditionStatus
  readonly reason: ConditionReason | (string & {})
  readonly message: string
}

type HasConditions = Pick<DeepReadonly<RolloutStatus>, 'conditions'>

/** The condition of a type, if the status has it. */
export const conditionOf = (
  status: HasConditions,
  type: RolloutConditionType,
): DeepReadonly<StatusCondition> | undefined => status.conditions?.find((condition) => condition.type === type)

/** Takes a condition out of the status. */
export const removeCondition = (status: RolloutStatus, type: RolloutConditionType): void => {
  if (conditionOf(status, type) === undefined) return
  status.conditions = (status.conditions ?? []).filter((condition) => condition.type !== type)
}

/**
 * Sets a condition at `now` (RFC 3339) and tells whether that changed anything: equal status and reason change nothing,
 * whatever the message. The time of the last transition stays while the status does. A changed condition moves to the
 * end of the list, which is the order that the published controller leaves.
 */
export const setCondition = (status: RolloutStatus, wish: ConditionWish, now: string): boolean => {
  const current = conditionOf(status, wish.type)
  if (current?.status === wish.status && current.reason === wish.reason) return false
  putCondition(status, wish, now, current?.status === wish.status ? current.lastTransitionTime : now)
  return true
}

/** Sets a condition even if only its time changes: progress is noted in `lastUpdateTime`. */
export const renewCondition = (status: RolloutStatus, wish: ConditionWish, now: string): void => {
  const current = conditionOf(status, wish.type)
  putCondition(status, wish, now, current?.status === wish.status ? current.lastTransitionTime : now)
}

const putCondition = (status: RolloutStatus, wish: ConditionWish, now: string, lastTransitionTime: string): void => {
  const others = (status.conditions ?? []).filter((condition) => condition.type !== wish.type)
  status.conditions = [...others, { ...wish, lastUpdateTime: now, lastTransitionTime }]
}

/** The condition that progress is judged by. */
export const progressingOf = (status: HasConditions): DeepReadonly<StatusCondition> | undefined =>
  conditionOf(status, rolloutConditions.progressing)
