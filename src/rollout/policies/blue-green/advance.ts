import type { Draft } from '../../draft.ts'
import { activeHash } from '../shared/active-replica-set.ts'
import { isFastRollback } from '../shared/fast-rollback.ts'
import { hasSucceeded, notedRun } from '../shared/judge-run.ts'
import { promoteStable } from '../shared/promote-stable.ts'
import { isRollbackWithinWindow } from '../shared/rollback-window.ts'
import { skipRest } from '../shared/skip-rest.ts'
import { isFirstDeploy } from './fast-track.ts'
import { isPauseOver } from './pause-before-switch.ts'
import { hasPassedPreAnalysis } from './pre-analysis.ts'
import { areTargetsVerified } from './verify-targets.ts'

const hasPassedPostAnalysis = (draft: Draft): boolean =>
  draft.snapshot.rollout.spec.strategy?.blueGreen?.postPromotionAnalysis === undefined ||
  hasSucceeded(notedRun(draft, draft.before.blueGreen?.postPromotionAnalysisRunStatus))

/** Why the new revision becomes the stable one now; `undefined` while the release goes on. */
const promotionReason = (draft: Draft): string | undefined => {
  if (draft.stable === undefined || isFirstDeploy(draft)) return 'Initial deploy'
  if (activeHash(draft) !== draft.next?.hash || !areTargetsVerified(draft)) return undefined
  if (draft.before.promoteFull === true) return 'Full promotion requested'
  if (isRollbackWithinWindow(draft)) return 'Rollback within window'
  if (isFastRollback(draft)) return 'Fast rollback'
  return !draft.isAborted && hasPassedPostAnalysis(draft) ? 'Completed blue-green update' : undefined
}

/** Notes that the preview has passed and may grow to full size; a promotion or another template forgets it. */
const passCheckpoint = (draft: Draft): void => {
  const { status, before, next, snapshot } = draft
  const preview = snapshot.rollout.spec.strategy?.blueGreen?.previewReplicaCount
  const { scaleUpPreviewCheckPoint: passed, ...others } = status.blueGreen ?? {}
  const passes = !draft.isAborted && isPauseOver(draft) && hasPassedPreAnalysis(draft) && next?.available === preview
  const isPassed = preview !== undefined && (before.blueGreen?.scaleUpPreviewCheckPoint === true || passes)
  if (isPassed !== (passed === true)) {
    status.blueGreen = { ...others, ...(isPassed && { scaleUpPreviewCheckPoint: true }) }
  }
}

/** Moves the release: to its end, or past the checkpoint of its preview. */
export const advance = (draft: Draft): void => {
  skipRest(draft)
  const reason = promotionReason(draft)
  if (reason === undefined) passCheckpoint(draft)
  else promoteStable(draft, reason)
}
