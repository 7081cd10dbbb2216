import type { Draft } from '../../draft.ts'
import { rolloutCompleted } from '../../events.ts'
import { stepsOf } from '../../math/release.ts'

/** Makes the new revision the stable one; the Services and the traffic follow in the same pass. */
export const promoteStable = (draft: Draft, reason: string): void => {
  const { status, release, next } = draft
  draft.pauses.clear = true
  draft.pauses.clearAbort = true
  delete status.promoteFull
  delete status.blueGreen?.scaleUpPreviewCheckPoint
  const steps = stepsOf(release).length
  if (steps === 0) delete status.currentStepIndex
  else status.currentStepIndex = steps
  if (next === undefined || status.stableRS === next.hash) return
  status.stableRS = next.hash
  draft.announce(rolloutCompleted(draft.revision, next.hash, reason))
}
