import type { Draft } from '../../draft.ts'
import { canaryOf, isFullyPromoted, stepsOf } from '../../math/release.ts'
import { hasSucceeded, notedRun } from '../shared/judge-run.ts'
import { isRollbackWithinWindow } from '../shared/rollback-window.ts'
import { hasAllTraffic, hasTakenOver, isComplete, isPastSteps } from './has-taken-over.ts'

/** Whether the new revision has served alone and was found good, where an analysis after the promotion is asked for. */
const hasPassedPostAnalysis = (draft: Draft): boolean =>
  hasTakenOver(draft) && hasSucceeded(notedRun(draft, draft.status.canary?.postPromotionAnalysisRunStatus))

/** Why the new revision becomes the stable one now; `undefined` while the release goes on. */
export const promotionReason = (draft: Draft): string | undefined => {
  const { release, before } = draft
  // Without stable pods there is nothing to compare with, and nobody to keep serving.
  if (draft.stable === undefined) return 'Initial deploy'
  if (draft.isAborted || !isComplete(draft)) return undefined
  if (before.promoteFull === true) return 'Full promotion requested'
  if (isRollbackWithinWindow(draft)) return 'Rollback within window'
  const steps = stepsOf(release).length
  const reason = `Completed all ${steps} canary steps`
  const isJudged = canaryOf(release).postPromotionAnalysis !== undefined && !isFullyPromoted(release)
  if (isJudged) return hasPassedPostAnalysis(draft) ? reason : undefined
  if (steps === 0) return reason
  return isPastSteps(draft) && (isFullyPromoted(release) || hasAllTraffic(draft)) ? reason : undefined
}
