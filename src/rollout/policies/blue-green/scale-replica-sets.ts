import type { Draft } from '../../draft.ts'
import { replicasWanted } from '../../math/release.ts'
import type { WorkingReplicaSet } from '../../working-replica-set.ts'
import { delaysScaleDownAfterAbort } from '../shared/abort-delay.ts'
import { activeReplicaSet } from '../shared/active-replica-set.ts'
import { isFastRollback } from '../shared/fast-rollback.ts'
import { scaleDownAfterAbort } from '../shared/scale-down-after-abort.ts'
import { endDelay } from '../shared/scale-down-delay.ts'
import { scaleDownOldReplicaSets } from './scale-down-old.ts'
import { sizeOfPreview } from './size-of-preview.ts'

/** Sizes stable and what serves in full, the new ReplicaSet as its preview asks, and old ones down after their delay. */
export const sizeReplicaSets = (draft: Draft): void => {
  const { next, stable } = draft
  const active = activeReplicaSet(draft)
  endDelays(draft)
  for (const set of [stable, active]) {
    if (set !== undefined && set !== next) draft.scale(set, replicasWanted(draft.release))
  }
  if (next !== undefined) sizeNext(draft, next)
  scaleDownOldReplicaSets(draft)
}

/**
 * What is asked for again waits for nothing. The deadline by which a fast rollback is known stays until the switch to it
 * is read back, so that a controller that is killed before goes on as fast.
 */
const endDelays = (draft: Draft): void => {
  const { next, stable } = draft
  if (stable !== undefined && stable !== next) endDelay(stable)
  if (next === undefined || delaysScaleDownAfterAbort(draft)) return
  if (isFastRollback(draft) && !servesNow(draft, next)) return
  endDelay(next)
}

const sizeNext = (draft: Draft, next: WorkingReplicaSet): void => {
  if (!delaysScaleDownAfterAbort(draft)) draft.scale(next, sizeOfPreview(draft, next))
  // Until the active Service is read back elsewhere, an aborted revision still serves.
  else if (servesNow(draft, next)) draft.scale(next, replicasWanted(draft.release))
  else scaleDownAfterAbort(draft, next)
}

/** Whether the active Service selects a ReplicaSet as of now, whatever the plan does to it. */
const servesNow = ({ services, snapshot }: Draft, { hash }: WorkingReplicaSet): boolean =>
  services.selectedNow(snapshot.rollout.spec.strategy?.blueGreen?.activeService ?? '') === hash
