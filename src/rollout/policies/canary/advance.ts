import type { Draft } from '../../draft.ts'
import { isFullyPromoted, stepsOf } from '../../math/release.ts'
import { isRollbackWithinWindow } from '../shared/rollback-window.ts'
import { completeStep } from './complete-step.ts'
import { promoteStable, promotionReason } from './promote.ts'

/** An abort that nobody has acted upon is younger than the wish to promote: the last word counts. */
const isNewAbort = ({ before }: Draft): boolean => before.abort === true && before.abortedAt === undefined

/** Skips what is left when somebody asked for it, or when the revision is known from within the rollback window. */
const skipToEnd = (draft: Draft): void => {
  const { before, status, release } = draft
  if (before.promoteFull === true && isNewAbort(draft)) {
    delete status.promoteFull
    return
  }
  const returns = isRollbackWithinWindow(draft) && !draft.isAborted
  if (before.promoteFull !== true && !returns) return
  draft.pauses.clear = true
  draft.pauses.clearAbort = true
  const steps = stepsOf(release).length
  if (steps > 0) status.currentStepIndex = steps
}

/** Moves the release: to its end, back to the start after an abort, or on to the next step. */
export const advance = (draft: Draft): void => {
  skipToEnd(draft)
  const reason = promotionReason(draft)
  if (reason !== undefined) promoteStable(draft, reason)
  else if (draft.isAborted) returnToStart(draft)
  else completeStep(draft)
}

const returnToStart = ({ status, release }: Draft): void => {
  const steps = stepsOf(release).length
  if (steps > 0) status.currentStepIndex = isFullyPromoted(release) ? steps : 0
}
