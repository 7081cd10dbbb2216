import type { PauseCondition } from '../../../api/rollout-status.ts'
import type { DeepReadonly } from '../../../lib/json.ts'
import type { Draft } from '../../draft.ts'
import { rolloutPaused, rolloutResumed } from '../../events.ts'

/** The pauses of before that this round does not end. */
export const keptPauses = ({ before, pauses }: Draft): readonly DeepReadonly<PauseCondition>[] => {
  if (pauses.clear) return []
  return (before.pauseConditions ?? []).filter(({ reason }) => !pauses.remove.some((removed) => removed === reason))
}

/**
 * Makes the pause and abort fields of what this round wished. An abort wins and clears every pause. Otherwise the list is
 * the old one, without what was removed, with what was added; `controllerPause` says that the controller itself paused,
 * and stays only as long as the list is not empty: users resume by emptying it. Where a resume has to wait for pods, for a
 * change of size or for the end of a pause by hand, it stays without the list, so that the resume is not forgotten.
 */
export const settlePauses = (draft: Draft): void => {
  const { status, before, pauses, timestamp, snapshot } = draft
  // The published plugin resumes first, and takes the pause by hand away by a second patch.
  const isPausedByHand = snapshot.rollout.spec.paused === true
  const held = before.pauseConditions ?? []
  delete status.pauseConditions
  delete status.controllerPause
  if (draft.isAborted) {
    status.abort = true
    status.abortedAt ??= timestamp
    return
  }
  delete status.abort
  delete status.abortedAt
  if (!pauses.clear) {
    const added = pauses.add.filter((reason) => !held.some((pause) => pause.reason === reason))
    const conditions = [...keptPauses(draft), ...added.map((reason) => ({ reason, startTime: timestamp }))]
    if (conditions.length > 0) {
      status.pauseConditions = conditions
      if (before.controllerPause === true || added.length > 0) status.controllerPause = true
    } else if ((pauses.keepResumed || isPausedByHand) && before.controllerPause === true) status.controllerPause = true
  }
  const reason = status.pauseConditions?.[0]?.reason
  if (held.length === 0 && reason !== undefined) draft.announce(rolloutPaused(reason))
  if (held.length > 0 && reason === undefined) draft.announce(rolloutResumed)
}
