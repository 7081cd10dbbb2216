import { conditionReasons, rolloutConditions } from '../../../api/conditions.ts'
import { conditionOf, progressingOf, setCondition } from '../../conditions.ts'
import type { Draft } from '../../draft.ts'
import { isPromoted } from './is-promoted.ts'

/**
 * Notes pauses, resumes and retries that the status or the spec already show in the conditions, so that a resumed release
 * is not taken for one that made no progress all that time. While the last release counts as aborted, only a retry is
 * noted. A promoted revision has no progress left that a pause could hold. Waits until a changed spec was looked at.
 */
export const notePauses = (draft: Draft): void => {
  const { before, status, timestamp, snapshot } = draft
  const { spec, metadata } = snapshot.rollout
  if (before.observedGeneration !== String(metadata.generation ?? 0)) return

  const paused = (before.pauseConditions?.length ?? 0) > 0 || spec.paused === true
  const progressing = progressingOf(before)
  const aborted = progressing?.reason === conditionReasons.aborted
  const { progressing: type } = rolloutConditions
  if (aborted) {
    if (before.abort === true) return
    const message = 'Retrying Rollout after abort'
    setCondition(status, { type, status: 'Unknown', reason: conditionReasons.retry, message }, timestamp)
    return
  }
  if (!isPromoted(before) && paused !== (progressing?.reason === conditionReasons.paused)) {
    const reason = paused ? conditionReasons.paused : conditionReasons.resumed
    const message = paused ? 'Rollout is paused' : 'Rollout is resumed'
    setCondition(status, { type, status: 'Unknown', reason, message }, timestamp)
  }
  if (paused !== (conditionOf(before, rolloutConditions.paused)?.status === 'True')) {
    const wish = { reason: conditionReasons.paused, message: 'Rollout is paused' }
    setCondition(status, { type: rolloutConditions.paused, status: paused ? 'True' : 'False', ...wish }, timestamp)
  }
}
