import { isPingStable, pingPongs } from '../../../api/service-roles.ts'
import type { Draft } from '../../draft.ts'
import { rolloutCompleted } from '../../events.ts'
import { canaryOf, stepsOf } from '../../math/release.ts'

/**
 * Makes the new revision the stable one; the Services and the traffic follow in the same pass. Of a ping-pong pair the
 * Services change roles instead, so that neither changes its pods.
 */
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
  if (canaryOf(release).pingPong !== undefined) {
    status.canary = { ...status.canary, stablePingPong: isPingStable(status) ? pingPongs.pong : pingPongs.ping }
  }
  draft.announce(rolloutCompleted(draft.revision, next.hash, reason))
}
