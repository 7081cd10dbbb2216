import { desiredReplicasAnnotation } from '../../../api/labels.ts'
import type { Draft } from '../../draft.ts'
import { replicasWanted } from '../../math/release.ts'
import type { Policy } from '../policy.ts'

/**
 * Has `sizeReplicaSets` size all ReplicaSets for a changed spec.replicas, which those of the release remember, before
 * anything else goes on: also while the release is held, since an autoscaler must not wait for a person. One that only waits
 * to be scaled down may remember another number (as in the published controller).
 */
export const followSize =
  (sizeReplicaSets: (draft: Draft) => void): Policy =>
  (draft) => {
    const wanted = String(replicasWanted(draft.release))
    const outdated = [draft.next, draft.stable].filter(
      (set) => set !== undefined && set.desired > 0 && (set.annotation(desiredReplicasAnnotation) ?? wanted) !== wanted,
    )
    if (outdated.length === 0) return undefined
    sizeReplicaSets(draft)
    for (const set of outdated) set?.annotate(desiredReplicasAnnotation, wanted)
    // Somebody may have resumed the release in the same moment: the next round sees to that.
    draft.pauses.keepResumed = true
    return 'end'
  }
