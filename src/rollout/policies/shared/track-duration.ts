import { type CompletionStatus, pauseReasons } from '../../../api/phases.ts'
import type { RolloutDuration } from '../../../api/rollout-status.ts'
import { fromRfc3339 } from '../../../lib/rfc3339.ts'
import type { Draft } from '../../draft.ts'
import { currentStep, replicasWanted } from '../../math/release.ts'
import { isFastRollback } from './fast-rollback.ts'

/** A release that ended: for metrics. */
export interface FinishedRelease {
  readonly status: CompletionStatus
  /** From its start to its end. */
  readonly seconds: number
  /** The part of it in which it waited for people. */
  readonly manualPauseSeconds: number
}

const isWaitingForPeople = ({ snapshot, status, release }: Draft): boolean => {
  if (snapshot.rollout.spec.paused === true) return true
  return (status.pauseConditions ?? []).some(({ reason }) => {
    if (reason === pauseReasons.inconclusiveAnalysis || reason === pauseReasons.inconclusiveExperiment) return true
    if (reason === pauseReasons.canaryPauseStep) return currentStep(release)?.pause?.duration === undefined
    return snapshot.rollout.spec.strategy?.blueGreen?.autoPromotionEnabled === false
  })
}

const secondsBetween = (from: string | undefined, toMs: number): number =>
  Math.max(0, Math.floor((toMs - (fromRfc3339(from) ?? toMs)) / 1000))

const trackManualPause = (draft: Draft, duration: RolloutDuration): void => {
  const waiting = isWaitingForPeople(draft) && draft.status.abort !== true
  if (waiting && duration.finishedAt === undefined) {
    duration.manualPauseStartedAt ??= draft.timestamp
  } else if (duration.manualPauseStartedAt !== undefined) {
    const seconds = secondsBetween(duration.manualPauseStartedAt, draft.snapshot.now)
    const sum = (duration.totalManualPauseDurationSeconds ?? 0) + seconds
    if (sum > 0) duration.totalManualPauseDurationSeconds = sum
    delete duration.manualPauseStartedAt
  }
}

const finish = (draft: Draft, duration: RolloutDuration, status: CompletionStatus): void => {
  const { now } = draft.snapshot
  const seconds = secondsBetween(duration.rolloutStartedAt, now)
  draft.finished.push({ status, seconds, manualPauseSeconds: duration.totalManualPauseDurationSeconds ?? 0 })
}

/** Whether stable, or a revision older than it, is asked for. */
const isReturn = ({ next, stable }: Draft): boolean =>
  next !== undefined && stable !== undefined && (next === stable || next.createdAt < stable.createdAt)

/** A return to an earlier revision is part of the release that was under way; anything else begins one. */
const startOrReturn = (draft: Draft, duration: RolloutDuration): RolloutDuration => {
  const underWay = duration.rolloutStartedAt !== undefined && duration.finishedAt === undefined
  const fast = isFastRollback(draft)
  if (underWay && (fast || isReturn(draft))) {
    return { ...duration, completionStatus: fast ? 'FastRolledBack' : 'RolledBack' }
  }
  if (underWay) finish(draft, duration, 'Superseded')
  return { rolloutStartedAt: draft.timestamp, ...(fast && { completionStatus: 'FastRolledBack' }) }
}

const isCompletionStatus = (text: string | undefined): text is CompletionStatus =>
  ['Promoted', 'FastPromoted', 'Aborted', 'RolledBack', 'FastRolledBack'].includes(text ?? '')

const finishIfDone = (draft: Draft, duration: RolloutDuration): void => {
  const { status, before, next, release, timestamp } = draft
  if (duration.rolloutStartedAt === undefined || duration.finishedAt !== undefined) return
  if (status.stableRS !== before.stableRS) {
    duration.completionStatus ??= before.promoteFull === true ? 'FastPromoted' : 'Promoted'
  }
  const promoted = (status.stableRS ?? '') !== '' && status.stableRS === status.currentPodHash
  const complete = promoted && (next?.available ?? 0) >= replicasWanted(release)
  if (status.abort === true) duration.completionStatus = 'Aborted'
  else if (!complete) return
  duration.finishedAt = timestamp
  finish(draft, duration, isCompletionStatus(duration.completionStatus) ? duration.completionStatus : 'Promoted')
}

/** Measures how long a release takes, and how much of that it waits for people. */
export const trackDuration = (draft: Draft): void => {
  const { status, before } = draft
  // Blue/green has no steps; those of a canary before it are no change of what is released.
  const steps = status.currentStepHash
  const changed =
    before.currentPodHash !== status.currentPodHash || (steps !== undefined && before.currentStepHash !== steps)
  const retried = before.abortedAt !== undefined && status.abort !== true && !changed
  let duration: RolloutDuration = { ...before.duration }
  if (changed) duration = startOrReturn(draft, duration)
  else if (retried) duration = { rolloutStartedAt: draft.timestamp }
  trackManualPause(draft, duration)
  finishIfDone(draft, duration)
  if (Object.keys(duration).length === 0) delete status.duration
  else status.duration = duration
}
