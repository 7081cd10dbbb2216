import { experimentNameAnnotation } from '../../../api/labels.ts'
import type { Draft } from '../../draft.ts'

/**
 * Whether the revision that is asked for is an earlier one, with fewer than `rollbackWindow.revisions` others between it
 * and the stable one: such a return skips steps, pauses and analyses.
 */
export const isRollbackWithinWindow = ({ next, stable, sets, snapshot }: Draft): boolean => {
  const window = snapshot.rollout.spec.rollbackWindow?.revisions ?? 0
  if (window <= 0 || next === undefined || stable === undefined || next.createdAt >= stable.createdAt) return false
  const between = sets.filter(
    (set) =>
      set.annotation(experimentNameAnnotation) === undefined &&
      set.createdAt > next.createdAt &&
      set.createdAt < stable.createdAt,
  )
  return between.length < window
}
