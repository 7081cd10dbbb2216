import type { Draft } from '../../draft.ts'
import { isFullyPromoted } from '../../math/release.ts'
import { isRollbackWithinWindow } from '../shared/rollback-window.ts'

/** Whether nothing is to be measured: there is nothing new, it is given up, or it is trusted. */
export const isUnjudged = (draft: Draft): boolean =>
  isFullyPromoted(draft.release) ||
  draft.isAborted ||
  draft.before.promoteFull === true ||
  (draft.before.stableRS ?? '') === '' ||
  isRollbackWithinWindow(draft)
