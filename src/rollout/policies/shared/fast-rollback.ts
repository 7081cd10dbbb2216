import { podTemplateHashLabel, revisionHistoryAnnotation } from '../../../api/labels.ts'
import { isCompleted } from '../../../api/phases.ts'
import type { Draft } from '../../draft.ts'
import type { WorkingReplicaSet } from '../../working-replica-set.ts'
import { isRollbackWithinWindow } from './rollback-window.ts'

/** The number that a revision had before it was asked for again. */
const earlierRevision = (set: WorkingReplicaSet): number => {
  const last = Number.parseInt(set.annotation(revisionHistoryAnnotation)?.split(',').at(-1) ?? '', 10)
  return Number.isNaN(last) ? set.revision : last
}

/** Whether the last finished analysis of a revision was a bad one. */
const isKnownBad = ({ runs }: Draft, { hash }: WorkingReplicaSet): boolean => {
  const last = runs.live
    .filter(({ metadata, status }) => metadata.labels?.[podTemplateHashLabel] === hash && isCompleted(status?.phase))
    .sort((a, b) => (a.metadata.creationTimestamp < b.metadata.creationTimestamp ? 1 : -1))[0]
  return last !== undefined && last.status?.phase !== 'Successful'
}

/**
 * Whether the revision that is asked for served before the stable one and has not been scaled down since. A deadline
 * alone does not tell: a release that was given up leaves one too, on a revision that never passed.
 */
const isWithinScaleDownDelay = (draft: Draft): boolean => {
  const { next, stable, snapshot } = draft
  if (snapshot.rollout.spec.strategy?.blueGreen === undefined || next === undefined || stable === undefined)
    return false
  if (draft.isAborted || next.desired === 0 || (next.scaleDownAt ?? 0) <= snapshot.now) return false
  return earlierRevision(next) < stable.revision && !isKnownBad(draft, next)
}

/** Whether a return to stable, or to a revision that is known and at hand, skips pauses and analyses. */
export const isFastRollback = (draft: Draft): boolean => {
  const { next, stable } = draft
  if (next === undefined || stable === undefined) return false
  return next === stable || isRollbackWithinWindow(draft) || isWithinScaleDownDelay(draft)
}
