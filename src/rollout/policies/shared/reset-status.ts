import type { Draft } from '../../draft.ts'

/** Forgets what belongs to the release before: pauses, abort, promotion, analyses, and what blue/green had reached. */
export const resetStatus = (draft: Draft): void => {
  const { status, snapshot } = draft
  draft.pauses.clear = true
  draft.pauses.clearAbort = true
  const { restartAt } = snapshot.rollout.spec
  if (restartAt === undefined) delete status.restartedAt
  else status.restartedAt = restartAt
  delete status.promoteFull
  delete status.canary?.currentStepAnalysisRunStatus
  delete status.canary?.currentBackgroundAnalysisRunStatus
  delete status.canary?.postPromotionAnalysisRunStatus
  delete status.canary?.currentExperiment
  delete status.canary?.stepPluginStatuses
  delete status.blueGreen?.prePromotionAnalysisRunStatus
  delete status.blueGreen?.postPromotionAnalysisRunStatus
  delete status.blueGreen?.scaleUpPreviewCheckPoint
}
