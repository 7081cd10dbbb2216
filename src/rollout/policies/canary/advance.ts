import type { Draft } from '../../draft.ts'
import { isFullyPromoted, stepsOf } from '../../math/release.ts'
import { promoteStable } from '../shared/promote-stable.ts'
import { skipRest } from '../shared/skip-rest.ts'
import { completeStep } from './complete-step.ts'
import { promotionReason } from './promote.ts'

/** What is left of the steps is skipped where the rest of the release is. */
const skipToEnd = (draft: Draft): void => {
  const steps = stepsOf(draft.release).length
  if (skipRest(draft) && steps > 0) draft.status.currentStepIndex = steps
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
