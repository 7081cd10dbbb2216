import type { Draft } from '../../draft.ts'
import { switchService } from '../../events.ts'
import { replicasWanted } from '../../math/release.ts'
import type { WorkingReplicaSet } from '../../working-replica-set.ts'
import { activeHash, isSaturated } from '../shared/active-replica-set.ts'
import { isHalted } from '../shared/is-halted.ts'
import { isFastTracked } from './fast-track.ts'
import { isPauseOver } from './pause-before-switch.ts'
import { hasPassedPreAnalysis } from './pre-analysis.ts'

const point = (draft: Draft, service: string | undefined, set: WorkingReplicaSet): void => {
  if (service === undefined || service === '' || !draft.services.has(service)) return
  const from = draft.services.select(service, set.hash)
  if (from !== undefined) draft.announce(switchService(service, from, set.hash), draft.services.keyOf(service))
}

/** previewService selects the new revision from the moment it exists, with or without pods; nobody's users are behind it. */
export const pointPreviewService = (draft: Draft): void => {
  const { next, snapshot } = draft
  if (next !== undefined && !isHalted(draft))
    point(draft, snapshot.rollout.spec.strategy?.blueGreen?.previewService, next)
}

/**
 * activeService selects the new revision when that has all its pods, and pause and analysis are over. An abort takes it
 * back to stable, however the new revision fares, and also while the release is held, as long as stable has pods.
 */
export const pointActiveService = (draft: Draft): void => {
  const { next, stable, snapshot } = draft
  const service = snapshot.rollout.spec.strategy?.blueGreen?.activeService
  if (draft.isAborted) {
    if (stable !== undefined && (stable.available > 0 || replicasWanted(draft.release) === 0)) {
      point(draft, service, stable)
    }
    return
  }
  if (isHalted(draft) || next === undefined) return
  if (isSaturated(draft, next) && isReleased(draft)) point(draft, service, next)
  else if (stable !== undefined && activeHash(draft) === '' && isSaturated(draft, stable)) point(draft, service, stable)
}

const isReleased = (draft: Draft): boolean =>
  isFastTracked(draft) || (isPauseOver(draft) && hasPassedPreAnalysis(draft))
