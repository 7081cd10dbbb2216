import { scaleDownDelayRevisionLimitOf } from '../../../api/defaults.ts'
import { desiredReplicasAnnotation, hasBeenStableAnnotation } from '../../../api/labels.ts'
import type { Draft } from '../../draft.ts'
import { replicasWanted } from '../../math/release.ts'
import type { WorkingReplicaSet } from '../../working-replica-set.ts'
import { activeHash } from '../shared/active-replica-set.ts'
import { isInconclusive } from '../shared/is-halted.ts'
import { hasSucceeded, notedRun } from '../shared/judge-run.ts'
import { shrink, waitsForDeadline } from '../shared/scale-down-delay.ts'

/** Without a delay of its own, an old revision is kept until the analysis after the switch has succeeded. */
const awaitsPostAnalysis = (draft: Draft): boolean => {
  const { before, next, stable, snapshot } = draft
  const { postPromotionAnalysis, scaleDownDelaySeconds } = snapshot.rollout.spec.strategy?.blueGreen ?? {}
  if (postPromotionAnalysis === undefined || scaleDownDelaySeconds !== undefined) return false
  if (next === undefined || next === stable || activeHash(draft) !== next.hash) return false
  return !hasSucceeded(notedRun(draft, before.blueGreen?.postPromotionAnalysisRunStatus))
}

/**
 * Scales down ReplicaSets that are neither stable nor new, once no Service leads to them and their delay is over. Until
 * then one that served keeps the size of a whole revision, so that a rollback to it is at hand: its delay is noted in the
 * pass that switches, but it shrinks only when the switch has been read back.
 */
export const scaleDownOldReplicaSets = (draft: Draft): void => {
  if (isInconclusive(draft) || awaitsPostAnalysis(draft)) return
  const limit = scaleDownDelayRevisionLimitOf(draft.snapshot.rollout)
  const idle = draft.others.filter((set) => set.desired > 0 && !draft.services.willSelect(set.hash))
  let delayed = 0
  for (const set of [...idle].sort((a, b) => b.revision - a.revision)) {
    if (delayed < limit && waitsForDeadline(draft, set)) {
      delayed++
      if (wasStable(draft, set)) set.annotate(hasBeenStableAnnotation, 'true')
      if (wasWhole(set)) shrink(draft, set, replicasWanted(draft.release))
    } else if (!draft.services.selects(set.hash)) shrink(draft, set, 0)
  }
}

/** Whether a ReplicaSet was the stable one until this pass, which is the one that gives it its delay. */
const wasStable = ({ snapshot }: Draft, { hash }: WorkingReplicaSet): boolean =>
  snapshot.rollout.status?.stableRS === hash

/** Whether a ReplicaSet had all the pods that were asked for when it was last sized: a preview may have had fewer. */
const wasWhole = (set: WorkingReplicaSet): boolean => set.annotation(desiredReplicasAnnotation) === String(set.desired)
