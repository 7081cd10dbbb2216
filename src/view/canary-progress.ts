import { maxTrafficWeightOf } from '../api/defaults.ts'
import type { Rollout } from '../api/rollout.ts'
import type { DeepReadonly } from '../lib/json.ts'

type R = DeepReadonly<Rollout>

/** How far a canary has come. */
export interface CanaryProgress {
  /** Steps done, of all. Absent where there are no steps, and before the controller has begun with them. */
  readonly step?: { readonly index: number; readonly count: number }
  /** The weight that the steps ask for. */
  readonly setWeight: number
  /** The weight that is in force: what the routers were told, or the canary's share of the available pods. */
  readonly actualWeight: number
}

const setWeightOf = (rollout: R, index: number, count: number): number => {
  if (rollout.status?.abort === true) return 0
  if (index >= count) return maxTrafficWeightOf(rollout)
  const steps = (rollout.spec.strategy?.canary?.steps ?? []).slice(0, index + 1)
  return steps.findLast(({ setWeight }) => setWeight !== undefined)?.setWeight ?? 0
}

/** Of pods that are available; there is one at least. */
const shareOfPods = (rollout: R, canaryAvailable: number): number => {
  const available = rollout.status?.availableReplicas ?? 0
  return Math.floor((canaryAvailable * maxTrafficWeightOf(rollout)) / available)
}

/**
 * Reads how far a canary has come, as the published plugin does.
 * @param canaryAvailable available pods of the new version
 */
export const canaryProgress = (rollout: R, canaryAvailable: number): CanaryProgress => {
  const { status } = rollout
  const canary = rollout.spec.strategy?.canary
  const count = canary?.steps?.length ?? 0
  const index = status?.currentStepIndex ?? 0
  const setWeight = setWeightOf(rollout, index, count)
  const actualWeight = (): number => {
    if (index >= count) return maxTrafficWeightOf(rollout)
    if ((status?.availableReplicas ?? 0) === 0) return 0
    if (canary?.trafficRouting === undefined) return shareOfPods(rollout, canaryAvailable)
    return status?.canary?.weights?.canary.weight ?? setWeight
  }
  const begun = count > 0 && status?.currentStepIndex !== undefined
  return { ...(begun && { step: { index, count } }), setWeight, actualWeight: actualWeight() }
}
