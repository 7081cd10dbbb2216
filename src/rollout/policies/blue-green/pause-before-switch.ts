import { autoPromotionEnabledOf } from '../../../api/defaults.ts'
import { pauseReasons } from '../../../api/phases.ts'
import type { PauseCondition } from '../../../api/rollout-status.ts'
import type { DeepReadonly } from '../../../lib/json.ts'
import { fromRfc3339 } from '../../../lib/rfc3339.ts'
import type { Draft } from '../../draft.ts'
import { isHalted } from '../shared/is-halted.ts'
import { isFastTracked } from './fast-track.ts'
import { hasPassedPreAnalysis } from './pre-analysis.ts'
import { isPreviewReady } from './size-of-preview.ts'

const pauseOf = ({ before }: Draft): DeepReadonly<PauseCondition> | undefined =>
  before.pauseConditions?.find(({ reason }) => reason === pauseReasons.blueGreenPause)

const autoPromotionSeconds = ({ snapshot }: Draft): number =>
  autoPromotionEnabledOf(snapshot.rollout)
    ? (snapshot.rollout.spec.strategy?.blueGreen?.autoPromotionSeconds ?? 0)
    : Number.POSITIVE_INFINITY

const hasPassedCheckpoint = ({ before }: Draft): boolean => before.blueGreen?.scaleUpPreviewCheckPoint === true

/** When the pause is over by itself, in milliseconds since the epoch; infinite for one that a person ends. */
const pauseEnd = (draft: Draft, pause: DeepReadonly<PauseCondition>): number =>
  (fromRfc3339(pause.startTime) ?? draft.snapshot.now) + autoPromotionSeconds(draft) * 1000

/**
 * Whether nothing holds the switch any more: no pause was asked for, its time is over, or a person has resumed. The last
 * holds with autoPromotionSeconds too, where the published controller begins the pause again.
 */
export const isPauseOver = (draft: Draft): boolean => {
  if (draft.pauses.add.length > 0) return false
  if (hasPassedCheckpoint(draft) || autoPromotionSeconds(draft) === 0) return true
  const pause = pauseOf(draft)
  return pause === undefined ? draft.before.controllerPause === true : pauseEnd(draft, pause) <= draft.snapshot.now
}

/**
 * Holds the release before the switch where that is asked for, once the preview is ready and has been analysed, and lets
 * go when its time is over. A person who resumes is remembered until the switch could be made.
 */
export const pauseBeforeSwitch = (draft: Draft): void => {
  const { next, pauses, before } = draft
  if (next === undefined || draft.isAborted) return
  const isFree = isFastTracked(draft) || hasPassedCheckpoint(draft) || autoPromotionSeconds(draft) === 0
  pauses.keepResumed = !isFastTracked(draft) && hasPassedPreAnalysis(draft)
  if (isHalted(draft) || !isPreviewReady(draft, next)) return
  if (isFree) pauses.remove.push(pauseReasons.blueGreenPause)
  else if (hasPassedPreAnalysis(draft)) holdOrRelease(draft, before.controllerPause === true)
}

const holdOrRelease = (draft: Draft, isResumed: boolean): void => {
  const pause = pauseOf(draft)
  if (pause === undefined) {
    if (!isResumed) draft.pauses.add.push(pauseReasons.blueGreenPause)
    return
  }
  const end = pauseEnd(draft, pause)
  if (end <= draft.snapshot.now) draft.pauses.remove.push(pauseReasons.blueGreenPause)
  else if (end < Number.POSITIVE_INFINITY) draft.wake(end)
}
