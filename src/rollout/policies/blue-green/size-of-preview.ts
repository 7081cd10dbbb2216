import type { Draft } from '../../draft.ts'
import { blueGreenSize } from '../../math/blue-green.ts'
import { replicasWanted } from '../../math/release.ts'
import type { WorkingReplicaSet } from '../../working-replica-set.ts'
import { activeReplicaSet } from '../shared/active-replica-set.ts'
import { isFastRollback } from '../shared/fast-rollback.ts'

/** Pods that the new revision is to have now. One that is trusted needs no preview, and is not shrunk to one first. */
export const sizeOfPreview = (draft: Draft, next: WorkingReplicaSet): number =>
  isFastRollback(draft)
    ? replicasWanted(draft.release)
    : blueGreenSize(draft.release, next.hash, activeReplicaSet(draft)?.hash ?? '')

/** Whether the new revision has the pods that its preview asks for, and they are available. */
export const isPreviewReady = (draft: Draft, next: WorkingReplicaSet): boolean => {
  const size = sizeOfPreview(draft, next)
  return next.desired === size && next.available === size
}
