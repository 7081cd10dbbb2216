import type { Draft } from '../../draft.ts'
import { reachedThreshold } from '../../math/progress.ts'
import { canaryOf, isFullyPromoted, replicasWanted, stepIndexOf, stepsOf } from '../../math/release.ts'
import { maxWeight } from '../../math/weight.ts'

/** Whether the new revision has all the pods that it needs to be the only one. */
export const isComplete = ({ next, release }: Draft): boolean => {
  const replicas = replicasWanted(release)
  const threshold = canaryOf(release).replicaProgressThreshold
  if (next === undefined) return false
  return next.available >= replicas || (threshold !== undefined && reachedThreshold(threshold, next, replicas))
}

/** Whether every step is behind the release. */
export const isPastSteps = ({ release }: Draft): boolean => (stepIndexOf(release) ?? 0) >= stepsOf(release).length

/** The steps are only over when all traffic is known to go to the new revision. */
export const hasAllTraffic = (draft: Draft): boolean => {
  const { traffic, status, release } = draft
  if (!traffic.isRouted) return true
  return traffic.isConfirmed && status.canary?.weights?.canary.weight === maxWeight(release)
}

/** Whether pods of the stable revision, which make a share of the traffic where no router does, are all gone. */
const isAlone = ({ traffic, stable, next }: Draft): boolean =>
  traffic.isRouted || stable === undefined || stable === next || stable.available === 0

/** Whether users meet the new revision only: what an analysis after the promotion waits for. */
export const hasTakenOver = (draft: Draft): boolean =>
  !isFullyPromoted(draft.release) && isPastSteps(draft) && isComplete(draft) && hasAllTraffic(draft) && isAlone(draft)
