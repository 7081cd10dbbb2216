import type { Draft } from '../../draft.ts'
import type { Policy } from '../policy.ts'
import { resetStatus } from '../shared/reset-status.ts'
import { endDelay } from '../shared/scale-down-delay.ts'

/** Whether another template is asked for than was last acted upon, or the release was a canary until now. */
const isNew = ({ before, next }: Draft): boolean => {
  if (next === undefined || (before.currentPodHash ?? '') === '') return false
  return before.currentPodHash !== next.hash || (before.currentStepHash ?? '') !== ''
}

/** Somebody took back an abort that was acted upon. */
const isRetried = ({ before }: Draft): boolean => before.abortedAt !== undefined && before.abort !== true

/** A retry must pass everything again, with the preview's size, and its pods no longer wait to be scaled down. */
const beginAgain = ({ status, next }: Draft): void => {
  delete status.blueGreen?.prePromotionAnalysisRunStatus
  delete status.blueGreen?.postPromotionAnalysisRunStatus
  delete status.blueGreen?.scaleUpPreviewCheckPoint
  if (next !== undefined) endDelay(next)
}

/** Begins a release for another template, or the same one again after an abort that was taken back. */
export const startUpdate: Policy = (draft) => {
  if (isNew(draft)) resetStatus(draft)
  else if (isRetried(draft)) beginAgain(draft)
  else return undefined
  return 'end'
}
