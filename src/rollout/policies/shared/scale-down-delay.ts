import { scaleDownDelaySecondsOf } from '../../../api/defaults.ts'
import { hasBeenStableAnnotation, scaleDownDeadlineAnnotation } from '../../../api/labels.ts'
import { toRfc3339 } from '../../../lib/rfc3339.ts'
import type { Draft } from '../../draft.ts'
import { followsTraffic } from '../../math/release.ts'
import type { WorkingReplicaSet } from '../../working-replica-set.ts'

/** A ReplicaSet that is asked for again, or has no pods left, waits for nothing any more. */
export const endDelay = (set: WorkingReplicaSet): void => {
  set.annotate(scaleDownDeadlineAnnotation, undefined)
  set.annotate(hasBeenStableAnnotation, undefined)
}

/** Sizes an old ReplicaSet; one without pods waits for nothing any more. */
export const shrink = (draft: Draft, set: WorkingReplicaSet, replicas: number): void => {
  draft.scale(set, replicas)
  if (replicas === 0) endDelay(set)
}

/** Whether the delay of an old ReplicaSet is not over; one without a deadline gets it here. */
export const waitsForDeadline = (draft: Draft, set: WorkingReplicaSet): boolean => {
  const { now, rollout } = draft.snapshot
  const delayMs = followsTraffic(draft.release) ? 0 : scaleDownDelaySecondsOf(rollout) * 1000
  const deadline = set.scaleDownAt ?? now + delayMs
  if (deadline <= now) return false
  if (set.scaleDownAt === undefined) set.annotate(scaleDownDeadlineAnnotation, toRfc3339(deadline))
  draft.wake(deadline)
  return true
}
