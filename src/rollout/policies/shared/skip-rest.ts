import type { Draft } from '../../draft.ts'
import { isRollbackWithinWindow } from './rollback-window.ts'

/** An abort that nobody has acted upon is younger than the wish to promote: the last word counts. */
const isNewAbort = ({ before }: Draft): boolean => before.abort === true && before.abortedAt === undefined

/**
 * Whether what is left of the release is skipped, since somebody asked for it or the revision is known from within the
 * rollback window; pauses and an earlier abort end then.
 */
export const skipRest = (draft: Draft): boolean => {
  const { before, status } = draft
  if (before.promoteFull === true && isNewAbort(draft)) {
    delete status.promoteFull
    return false
  }
  const returns = isRollbackWithinWindow(draft) && !draft.isAborted
  if (before.promoteFull !== true && !returns) return false
  draft.pauses.clear = true
  draft.pauses.clearAbort = true
  return true
}
