import { scaleDownDeadlineAnnotation } from '../../../api/labels.ts'
import { pauseReasons } from '../../../api/phases.ts'
import type { Draft } from '../../draft.ts'
import { desiredCounts } from '../../math/progress.ts'
import { isTrafficRouted, replicasWanted } from '../../math/release.ts'
import { podsForWeight, setCanaryScaleInForce } from '../../math/weight.ts'
import type { WorkingReplicaSet } from '../../working-replica-set.ts'
import { delaysScaleDownAfterAbort, staysAfterAbort } from '../shared/abort-delay.ts'
import { scaleDownAfterAbort } from '../shared/scale-down-after-abort.ts'
import { isInterrupting, isRoutedElsewhere, recordedWeight } from './choose-weight.ts'
import { scaleDownOldReplicaSets } from './scale-down-old.ts'

/**
 * Whether somebody, or an analysis without a verdict, holds the release: no ReplicaSet moves for it then. An abort ends
 * that, since nobody wants to be held in the middle of a release that is given up.
 */
const isHalted = ({ before, snapshot, isAborted }: Draft): boolean =>
  !isAborted &&
  (snapshot.rollout.spec.paused === true ||
    (before.pauseConditions ?? []).some(({ reason }) => reason === pauseReasons.inconclusiveAnalysis))

/** Sizes the ReplicaSets for the current step, unless the release is held. What is in use has no delay even then. */
export const scaleReplicaSets = (draft: Draft): void => {
  if (isHalted(draft)) endDelays(draft)
  else sizeReplicaSets(draft)
}

/** What is asked for, or stable, is not to be scaled down any more: a delay that is over later must begin anew. */
const endDelays = (draft: Draft): void => {
  const { next, stable } = draft
  if (next !== undefined && !delaysScaleDownAfterAbort(draft)) next.annotate(scaleDownDeadlineAnnotation, undefined)
  stable?.annotate(scaleDownDeadlineAnnotation, undefined)
}

/** Sizes stable, new and old ReplicaSets. Stable comes first: what it gains is not there for the canary. */
export const sizeReplicaSets = (draft: Draft): void => {
  const { next, stable, release, releaseSets, status } = draft
  endDelays(draft)
  const counts = desiredCounts(release, releaseSets, status.canary?.weights)
  if (stable !== undefined && stable !== next) draft.scale(stable, sizeOfStable(draft, stable, counts.stable))
  if (next !== undefined) sizeNext(draft, next, counts.canary)
  scaleDownOldReplicaSets(draft)
}

/** Pods stay until the routers are known to have taken their traffic away. */
const sizeWithTraffic = (draft: Draft, set: WorkingReplicaSet, count: number): number =>
  draft.traffic.isConfirmed ? count : Math.max(count, set.desired)

/** Stable takes over all the traffic of an interrupted revision, so it needs all its pods first. */
const sizeOfStable = (draft: Draft, stable: WorkingReplicaSet, count: number): number =>
  isTrafficRouted(draft.release) && isInterrupting(draft)
    ? replicasWanted(draft.release)
    : sizeWithTraffic(draft, stable, count)

const sizeNext = (draft: Draft, next: WorkingReplicaSet, count: number): void => {
  const { release, stable } = draft
  if (next === stable) draft.scale(next, count)
  else if (staysAfterAbort(draft)) draft.scale(next, Math.max(count, next.desired))
  else if (delaysScaleDownAfterAbort(draft)) scaleDownAfterAbort(draft, next)
  else if (isTrafficRouted(release)) draft.scale(next, sizeWithTraffic(draft, next, withPodsInUse(draft, count)))
  else draft.scale(next, count)
}

/** A canary keeps what its present share needs, unless setCanaryScale says its size outright. */
const withPodsInUse = (draft: Draft, count: number): number => {
  const { release } = draft
  if (setCanaryScaleInForce(release) !== undefined || isRoutedElsewhere(draft)) return count
  return Math.max(count, Math.min(podsForWeight(release, recordedWeight(draft)), replicasWanted(release)))
}
