import type { Draft } from '../../draft.ts'
import { skipSteps } from '../../events.ts'
import { knownStepsHash } from '../../known-hashes.ts'
import type { Policy } from '../policy.ts'
import { resetStatus } from '../shared/reset-status.ts'
import { isRollbackWithinWindow } from '../shared/rollback-window.ts'

/**
 * Begins a release when the template or the steps are others than those that were last acted upon: back to the first
 * step, with no pause, abort or analysis of the release before. A return to the stable revision, or to one inside the
 * rollback window that still has pods, skips the steps.
 */
export const startUpdate: Policy = (draft) => {
  const { before, next, status, snapshot } = draft
  const steps = snapshot.rollout.spec.strategy?.canary?.steps
  const hash = knownStepsHash(steps)
  if (next === undefined || (before.currentStepHash === hash && before.currentPodHash === next.hash)) return undefined

  giveUpRuns(draft)
  resetStatus(draft)
  status.currentStepHash = hash
  const count = steps?.length ?? 0
  if (count === 0) delete status.currentStepIndex
  else status.currentStepIndex = skipReason(draft) === undefined ? 0 : count
  return 'end'
}

/**
 * What was measured at a step says nothing about the steps of now: another run is made when they come to one like it. The
 * first step is there at once, and its run goes on (as in the published controller).
 */
const giveUpRuns = ({ before, runs, experiments }: Draft): void => {
  if ((before.currentStepIndex ?? 0) === 0) return
  const { currentStepAnalysisRunStatus, currentExperiment } = before.canary ?? {}
  const why = 'the release has begun anew'
  if (currentStepAnalysisRunStatus !== undefined) runs.giveUp(currentStepAnalysisRunStatus.name, why)
  if (currentExperiment !== undefined) experiments.giveUp(currentExperiment, why)
}

const skipReason = (draft: Draft): string | undefined => {
  const { next, before } = draft
  if (next === undefined || (before.stableRS ?? '') === '') return undefined
  const steps = draft.snapshot.rollout.spec.strategy?.canary?.steps ?? []
  const reason =
    next.hash === before.stableRS
      ? 'Rollback to stable ReplicaSets'
      : isRollbackWithinWindow(draft) && next.desired > 0
        ? 'Rollback to active ReplicaSets within RollbackWindow'
        : undefined
  if (reason !== undefined && steps.length > 0) draft.announce(skipSteps(reason))
  return reason
}
