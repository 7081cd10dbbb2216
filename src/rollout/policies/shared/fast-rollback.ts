import { hasBeenStableAnnotation } from '../../../api/labels.ts'
import type { Draft } from '../../draft.ts'
import { isRollbackWithinWindow } from './rollback-window.ts'

/**
 * Whether the revision that is asked for was the stable one and has not been scaled down since. A deadline alone does not
 * tell, though the published controller takes it so: a release that was given up leaves one too, on a revision that passed
 * neither pause nor analysis.
 */
const isWithinScaleDownDelay = ({ next, isAborted, snapshot }: Draft): boolean =>
  snapshot.rollout.spec.strategy?.blueGreen !== undefined &&
  !isAborted &&
  next !== undefined &&
  next.desired > 0 &&
  (next.scaleDownAt ?? 0) > snapshot.now &&
  next.annotation(hasBeenStableAnnotation) !== undefined

/** Whether a return to stable, or to a revision that is known and at hand, skips pauses and analyses. */
export const isFastRollback = (draft: Draft): boolean => {
  const { next, stable } = draft
  if (next === undefined || stable === undefined) return false
  return next === stable || isRollbackWithinWindow(draft) || isWithinScaleDownDelay(draft)
}
