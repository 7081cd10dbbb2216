import { maxTrafficWeightOf } from '../../api/defaults.ts'
import type { Rollout } from '../../api/rollout.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { percent } from './capacity.ts'
import { routingKinds } from './destination-shares.ts'
import type { Invariant, JudgedWrite } from './invariant.ts'

/** Weights that may be in force at a setCanaryScale step: that of the last setWeight, or of the step that comes next. */
const allowedWeights = ({ spec, status }: DeepReadonly<Rollout>): readonly number[] => {
  const steps = spec.strategy?.canary?.steps ?? []
  const index = status?.currentStepIndex ?? 0
  const last = steps.slice(0, index).findLast(({ setWeight }) => setWeight !== undefined)?.setWeight ?? 0
  const next = steps[index + 1]?.setWeight
  return next === undefined ? [last] : [last, next]
}

/** Below every weight, and above what stands for requests with certain headers. */
const negligible = 1e-5

const faultsOf = (write: JudgedWrite, rollout: DeepReadonly<Rollout>): readonly string[] => {
  const { status, spec, metadata } = rollout
  const step = spec.strategy?.canary?.steps?.[status?.currentStepIndex ?? 0]
  const isRunning =
    status?.abort !== true && status?.promoteFull !== true && status?.currentPodHash !== status?.stableRS
  if (step?.setCanaryScale === undefined || !isRunning) return []
  if (status?.observedGeneration !== String(metadata.generation)) return []
  const hash = status?.currentPodHash ?? ''
  const [before, after] = [write.sharesBefore(rollout).get(hash) ?? 0, write.sharesAfter(rollout).get(hash) ?? 0]
  const allowed = allowedWeights(rollout).map((weight) => weight / maxTrafficWeightOf(rollout))
  if (Math.abs(before - after) < negligible || allowed.some((share) => Math.abs(share - after) < negligible)) return []
  return [`${metadata.name} moves its canary from ${percent(before)} to ${percent(after)} at a setCanaryScale step`]
}

/** I8. */
export const scaleMovesNoTraffic: Invariant = {
  id: 'I8',
  promise: 'setCanaryScale moves no traffic',
  check: (write) => (routingKinds.has(write.change.kind) ? write.rollouts.flatMap((one) => faultsOf(write, one)) : []),
}
