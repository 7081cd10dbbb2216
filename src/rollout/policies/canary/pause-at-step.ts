import { pauseReasons } from '../../../api/phases.ts'
import type { PauseCondition } from '../../../api/rollout-status.ts'
import type { PauseStep } from '../../../api/steps.ts'
import type { DeepReadonly } from '../../../lib/json.ts'
import { pauseDurationSeconds } from '../../../lib/pause-duration.ts'
import { fromRfc3339 } from '../../../lib/rfc3339.ts'
import type { Draft } from '../../draft.ts'
import { currentStep } from '../../math/release.ts'

/** The pause of the current step, if the controller has begun it and nobody has ended it. */
export const stepPauseOf = ({ before }: Draft): DeepReadonly<PauseCondition> | undefined =>
  before.pauseConditions?.find(({ reason }) => reason === pauseReasons.canaryPauseStep)

/** When a pause with a duration is over, in milliseconds since the epoch; `undefined` for one that a person ends. */
export const pauseEnd = (step: DeepReadonly<PauseStep>, pause: DeepReadonly<PauseCondition>): number | undefined => {
  const start = fromRfc3339(pause.startTime)
  if (step.duration === undefined || step.duration === '' || start === undefined) return undefined
  return start + pauseDurationSeconds(step.duration) * 1000
}

/** Begins the pause of a pause step once, and wakes the controller when its time is over. */
export const pauseAtStep = (draft: Draft): void => {
  const { before, snapshot, release } = draft
  const step = currentStep(release)?.pause
  if (step === undefined || snapshot.rollout.spec.paused === true || before.promoteFull === true) return
  if (draft.isAborted) return
  const pause = stepPauseOf(draft)
  if (pause === undefined) {
    // controllerPause without a condition means that somebody has resumed the release.
    if (before.controllerPause !== true) draft.pauses.add.push(pauseReasons.canaryPauseStep)
    return
  }
  const end = pauseEnd(step, pause)
  if (end !== undefined && end > snapshot.now) draft.wake(end)
}
