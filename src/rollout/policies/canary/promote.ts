import type { Draft } from '../../draft.ts'
import { reachedThreshold } from '../../math/progress.ts'
import { canaryOf, isFullyPromoted, replicasWanted, stepIndexOf, stepsOf } from '../../math/release.ts'
import { maxWeight } from '../../math/weight.ts'
import { isRollbackWithinWindow } from '../shared/rollback-window.ts'

/** The steps are only over when all traffic is known to go to the new revision. */
const hasAllTraffic = (draft: Draft): boolean => {
  const { traffic, status, release } = draft
  if (!traffic.isRouted) return true
  return traffic.isConfirmed && status.canary?.weights?.canary.weight === maxWeight(release)
}

const isComplete = (draft: Draft): boolean => {
  const { next, release } = draft
  const replicas = replicasWanted(release)
  const threshold = canaryOf(release).replicaProgressThreshold
  if (next === undefined) return false
  return next.available >= replicas || (threshold !== undefined && reachedThreshold(threshold, next, replicas))
}

/** Why the new revision becomes the stable one now; `undefined` while the release goes on. */
export const promotionReason = (draft: Draft): string | undefined => {
  const { release, before } = draft
  // Without stable pods there is nothing to compare with, and nobody to keep serving.
  if (draft.stable === undefined) return 'Initial deploy'
  if (draft.isAborted || !isComplete(draft)) return undefined
  if (before.promoteFull === true) return 'Full promotion requested'
  if (isRollbackWithinWindow(draft)) return 'Rollback within window'
  const steps = stepsOf(release).length
  if (steps === 0) return 'Completed all 0 canary steps'
  const isOver = (stepIndexOf(release) ?? 0) >= steps && (isFullyPromoted(release) || hasAllTraffic(draft))
  return isOver ? `Completed all ${steps} canary steps` : undefined
}
