import { abortScaleDownDelayOf } from '../../../api/defaults.ts'
import { desiredReplicasAnnotation, scaleDownDeadlineAnnotation } from '../../../api/labels.ts'
import { toRfc3339 } from '../../../lib/rfc3339.ts'
import type { Draft } from '../../draft.ts'
import { replicasWanted } from '../../math/release.ts'
import type { WorkingReplicaSet } from '../../working-replica-set.ts'

/**
 * Scales an aborted revision down when its delay is over. The delay begins once stable has all its pods and the routers
 * send nothing to the aborted one any more; however long it is, nothing happens before it has passed.
 */
export const scaleDownAfterAbort = (draft: Draft, next: WorkingReplicaSet): void => {
  const { now, rollout } = draft.snapshot
  const replicas = replicasWanted(draft.release)
  next.annotate(desiredReplicasAnnotation, String(replicas))
  if (next.desired === 0 || !draft.traffic.isConfirmed) return
  const deadline = next.scaleDownAt
  if (deadline === undefined) {
    const { seconds } = abortScaleDownDelayOf(rollout)
    if (seconds === 'never' || (draft.stable?.available ?? 0) < replicas) return
    const at = now + seconds * 1000
    next.annotate(scaleDownDeadlineAnnotation, toRfc3339(at))
    draft.wake(at)
    return
  }
  if (deadline > now) draft.wake(deadline)
  else draft.scale(next, 0)
}
