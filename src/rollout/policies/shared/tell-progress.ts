import { type ConditionReason, conditionReasons, rolloutConditions } from '../../../api/conditions.ts'
import { progressDeadlineSecondsOf } from '../../../api/defaults.ts'
import { isCompleted } from '../../../api/phases.ts'
import type { RolloutStatus } from '../../../api/rollout-status.ts'
import type { DeepReadonly } from '../../../lib/json.ts'
import { equalJson } from '../../../lib/json-value.ts'
import { fromRfc3339 } from '../../../lib/rfc3339.ts'
import { conditionOf, progressingOf, removeCondition, renewCondition, setCondition } from '../../conditions.ts'
import type { Draft } from '../../draft.ts'
import { rolloutAborted, rolloutNotCompleted } from '../../events.ts'
import { currentStep, isBlueGreen, replicasWanted } from '../../math/release.ts'
import { activeReplicaSet, isSaturated } from './active-replica-set.ts'
import { isPromoted } from './is-promoted.ts'
import { keptPauses } from './settle-pauses.ts'

type Status = DeepReadonly<RolloutStatus>

const { progressing, healthy, completed, available, replicaFailure } = rolloutConditions

/** All that was asked for is there, is available, serves, and nothing else runs. */
const isHealthy = (draft: Draft): boolean => {
  const { status, before, release, snapshot } = draft
  const replicas = replicasWanted(release)
  const { canary, blueGreen } = release.spec.strategy ?? {}
  const observed = before.observedGeneration === String(snapshot.rollout.metadata.generation ?? 0)
  if (!observed || status.updatedReplicas !== replicas || status.availableReplicas !== replicas) return false
  if (blueGreen !== undefined) {
    const { activeSelector, previewSelector } = status.blueGreen ?? {}
    const previews = blueGreen.previewService === undefined || previewSelector === status.currentPodHash
    return activeSelector === status.currentPodHash && previews
  }
  const steps = canary?.steps?.length ?? 0
  const stepsDone = steps === 0 || (status.currentStepIndex ?? steps) === steps
  return stepsDone && isPromoted(status) && status.replicas === replicas
}

/** Something came closer to the goal since the last status. */
const hasProgressed = ({ before, status, release }: Draft): boolean => {
  const old = (each: Status): number => (each.replicas ?? 0) - (each.updatedReplicas ?? 0)
  const counted =
    (status.updatedReplicas ?? 0) !== (before.updatedReplicas ?? 0) ||
    old(status) < old(before) ||
    (status.readyReplicas ?? 0) > (before.readyReplicas ?? 0) ||
    (status.availableReplicas ?? 0) > (before.availableReplicas ?? 0)
  if (counted) return true
  if (release.spec.strategy?.blueGreen !== undefined) {
    // An analysis that ends and a checkpoint that is passed are progress too: the next pods have their time from then.
    return !equalJson(before.blueGreen ?? {}, status.blueGreen ?? {})
  }
  const index = before.currentStepIndex
  const stepped = index !== undefined && status.currentStepIndex !== undefined && index !== status.currentStepIndex
  const { postPromotionAnalysisRunStatus: judged } = before.canary ?? {}
  const isJudged = !equalJson(judged ?? {}, status.canary?.postPromotionAnalysisRunStatus ?? {})
  return stepped || isJudged || before.stableRS !== status.stableRS || before.currentStepHash !== status.currentStepHash
}

/** Steps and analyses that may take as long as they like. */
const isOpenEnded = ({ release, status }: Draft): boolean => {
  const { prePromotionAnalysisRunStatus, postPromotionAnalysisRunStatus } = status.blueGreen ?? {}
  const afterSteps = status.canary?.postPromotionAnalysisRunStatus
  const runs = [prePromotionAnalysisRunStatus, postPromotionAnalysisRunStatus, afterSteps]
  if (runs.some((run) => run !== undefined && !isCompleted(run.status))) return true
  const step = currentStep(release)
  return step?.pause !== undefined || step?.analysis !== undefined || step?.experiment !== undefined
}

/** When the release counts as stuck, in milliseconds since the epoch; `undefined` while it may take its time. */
const deadlineOf = (draft: Draft): number | undefined => {
  const { status, before, snapshot, others } = draft
  const condition = progressingOf(status)
  const paused = conditionOf(status, rolloutConditions.paused)?.status === 'True'
  const delayed = others.some((set) => set.scaleDownAt !== undefined)
  if (condition === undefined || condition.reason === conditionReasons.aborted) return undefined
  if (paused || delayed || isOpenEnded(draft) || draft.isAborted) return undefined
  if ((before.pauseConditions?.length ?? 0) > 0 || snapshot.rollout.spec.paused === true) return undefined
  const from = fromRfc3339(condition.lastUpdateTime)
  return from === undefined ? undefined : from + progressDeadlineSecondsOf(snapshot.rollout) * 1000
}

const subject = ({ next, snapshot }: Draft): string =>
  next === undefined ? `Rollout "${snapshot.rollout.metadata.name}"` : `ReplicaSet "${next.name}"`

/** Notes whether the release is whole; `true` when it has just ceased to be. */
const noteHealth = (draft: Draft, isWhole: boolean): boolean => {
  const { status, before, timestamp } = draft
  const reason = conditionReasons.healthy
  if (isWhole) {
    setCondition(status, { type: healthy, status: 'True', reason, message: 'Rollout is healthy' }, timestamp)
    return false
  }
  if (conditionOf(before, healthy) === undefined) return false
  return setCondition(status, { type: healthy, status: 'False', reason, message: 'Rollout is not healthy' }, timestamp)
}

const noteCompletion = (draft: Draft): void => {
  const { status, timestamp } = draft
  const promoted = isPromoted(status)
  const wish = { reason: conditionReasons.completed, message: conditionReasons.completed }
  const changed = setCondition(status, { type: completed, status: promoted ? 'True' : 'False', ...wish }, timestamp)
  if (changed && !promoted) draft.announce(rolloutNotCompleted(draft.revision, status.currentPodHash ?? ''))
}

const noteAbort = (draft: Draft): void => {
  const { status, pauses, timestamp } = draft
  const cause = pauses.abort?.message ?? ''
  const message = `Rollout aborted update to revision ${draft.revision}${cause === '' ? '' : `: ${cause}`}`
  const wish = { type: progressing, status: 'False', reason: conditionReasons.aborted, message } as const
  if (setCondition(status, wish, timestamp)) draft.announce(rolloutAborted(message))
}

const noteProgress = (draft: Draft, becameUnhealthy: boolean): void => {
  const { status, timestamp } = draft
  const lost = becameUnhealthy && isPromoted(status)
  const reason: ConditionReason = lost ? conditionReasons.replicaSetNotAvailable : conditionReasons.replicaSetUpdated
  const message = lost ? 'Rollout does not have minimum availability' : `${subject(draft)} is progressing.`
  renewCondition(status, { type: progressing, status: 'True', reason, message }, timestamp)
}

const noteTimeout = (draft: Draft): void => {
  const { status, timestamp } = draft
  const message = `${subject(draft)} has timed out progressing.`
  const wish = {
    type: progressing,
    status: 'False',
    reason: conditionReasons.progressDeadlineExceeded,
    message,
  } as const
  setCondition(status, wish, timestamp)
}

const hasMinimumAvailability = (draft: Draft): boolean => {
  const { status, release } = draft
  if (!isBlueGreen(release)) return (status.availableReplicas ?? 0) >= replicasWanted(release)
  const active = activeReplicaSet(draft)
  return active !== undefined && isSaturated(draft, active)
}

const noteAvailability = (draft: Draft): void => {
  const { status, timestamp } = draft
  const enough = hasMinimumAvailability(draft)
  const message = enough ? 'Rollout has minimum availability' : 'Rollout does not have minimum availability'
  const wish = { reason: conditionReasons.available, message }
  setCondition(status, { type: available, status: enough ? 'True' : 'False', ...wish }, timestamp)
}

/** Shows why pods of the new, else of any, ReplicaSet cannot be made, in the words of its controller. */
const noteReplicaFailure = ({ status, sets, next }: Draft): void => {
  const newFirst = next === undefined ? sets : [next, ...sets.filter((set) => set !== next)]
  const failure = newFirst
    .flatMap((set) => set.original.status?.conditions ?? [])
    .find(({ type }) => type === replicaFailure)
  if (failure === undefined) removeCondition(status, replicaFailure)
  else {
    const { status: holds, reason = '', message = '', lastTransitionTime = '' } = failure
    const wish = { type: replicaFailure, status: holds === 'False' ? 'False' : 'True', reason, message } as const
    setCondition(status, wish, lastTransitionTime)
  }
}

/** Whether the deadline has passed with nothing to show for it in this round. */
const isStuck = (draft: Draft, isWhole: boolean): boolean => {
  if (isWhole || hasProgressed(draft)) return false
  const deadline = deadlineOf(draft)
  if (deadline === undefined) return false
  if (progressingOf(draft.status)?.reason === conditionReasons.progressDeadlineExceeded) return true
  // The published controller compares whole seconds, and only beyond the deadline counts.
  if (deadline < draft.snapshot.now) return true
  draft.wake(deadline + 1000)
  return false
}

/** Aborts a release that is under way and stuck, where that is asked for. */
export const abortIfStuck = (draft: Draft): void => {
  if (draft.snapshot.rollout.spec.progressDeadlineAbort !== true || isPromoted(draft.status)) return
  if (draft.isAborted || !isStuck(draft, isHealthy(draft))) return
  const message = `${subject(draft)} has timed out progressing.`
  draft.pauses.abort = { message }
  // As the published controller does: the cause has an event of its own before the one of every abort.
  draft.announce(rolloutAborted(message))
}

/** Whether a person or a pause holds the release, before and after this round. */
const staysPaused = (draft: Draft): boolean =>
  draft.snapshot.rollout.spec.paused === true || keptPauses(draft).length > 0

/** Writes the conditions about health, progress and availability. */
export const tellProgress = (draft: Draft): void => {
  const isPaused = staysPaused(draft)
  const isWhole = isHealthy(draft)
  const becameUnhealthy = noteHealth(draft, isWhole && !isPaused)
  const isHeld = isPaused && !isPromoted(draft.status)
  if (draft.isAborted) noteAbort(draft)
  else if (isWhole && !isHeld) {
    const wish = { status: 'True', reason: conditionReasons.newReplicaSetAvailable } as const
    const message = `${subject(draft)} has successfully progressed.`
    setCondition(draft.status, { type: progressing, ...wish, message }, draft.timestamp)
  } else if (!isHeld && (hasProgressed(draft) || becameUnhealthy)) noteProgress(draft, becameUnhealthy)
  else if (!isHeld && isStuck(draft, isWhole)) noteTimeout(draft)
  noteAvailability(draft)
  noteReplicaFailure(draft)
  noteCompletion(draft)
}
