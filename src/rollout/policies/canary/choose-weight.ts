import { serviceRolesOf } from '../../../api/service-roles.ts'
import type { Draft } from '../../draft.ts'
import { atDesiredCounts, reachedThreshold } from '../../math/progress.ts'
import {
  canaryOf,
  currentStep,
  followsTraffic,
  isFullyPromoted,
  replicasWanted,
  stepIndexOf,
} from '../../math/release.ts'
import { currentSetWeight, desiredWeight, maxWeight, podsForWeight, weightAtStep } from '../../math/weight.ts'

/** The share that was last written for the canary, whichever revision that was; none before the first time. */
export const recordedWeight = (draft: Draft): number => draft.before.canary?.weights?.canary.weight ?? 0

/** Whether the share that was last written belongs to another revision than the one that is asked for. */
export const isRoutedElsewhere = ({ before, next }: Draft): boolean => {
  const hash = before.canary?.weights?.canary.podTemplateHash
  return hash !== undefined && hash !== next?.hash
}

/** Whether a newer revision came while the one before still has a share of the traffic. */
export const isInterrupting = (draft: Draft): boolean =>
  isRoutedElsewhere(draft) && recordedWeight(draft) > 0 && !isFullyPromoted(draft.release)

/** Whether the pods that the present share of the canary goes to are all gone. */
const hasLostCanary = ({ before, next, sets }: Draft): boolean => {
  const hash = before.canary?.weights?.canary.podTemplateHash ?? next?.hash
  return (sets.find((set) => set.hash === hash)?.available ?? 0) === 0
}

/**
 * Whether a release was given up for the stable revision while dynamicStableScale had shrunk it: traffic then stays with
 * the revision that still gets it until stable has all its pods again.
 */
export const isReturningToStable = ({ release, before, next }: Draft): boolean => {
  const routedHash = before.canary?.weights?.canary.podTemplateHash
  if (!followsTraffic(release) || !isFullyPromoted(release) || routedHash === undefined || next === undefined)
    return false
  return routedHash !== next.hash && next.available < replicasWanted(release)
}

/** The share that the canary keeps while a shrunk stable ReplicaSet grows back after an abort. */
const weightWhileStableGrows = (draft: Draft): number => {
  const { release, releaseSets, stable, next } = draft
  const current = recordedWeight(draft)
  const most = maxWeight(release)
  const available = (stable ?? next)?.available ?? 0
  const replicas = replicasWanted(release)
  const wanted = draft.before.abort === true ? desiredWeight(release, releaseSets) : 0
  if (wanted <= 0) {
    const uncovered = replicas === 0 ? 0 : most - Math.min(most, Math.floor((most * available) / replicas))
    return Math.min(uncovered, current)
  }
  return available < podsForWeight(release, most - wanted) ? current : Math.min(wanted, current)
}

/** Without steps a release gets all traffic by being promoted, unless it is judged first: it must have it for that. */
const weightWithoutSteps = (draft: Draft, reached: boolean): number => {
  if (canaryOf(draft.release).postPromotionAnalysis === undefined) return 0
  return reached ? maxWeight(draft.release) : recordedWeight(draft)
}

/** The share by the steps: that of the step once its pods are there, and before that the one it had. */
const weightOfSteps = (draft: Draft): number => {
  const { release, releaseSets, status } = draft
  const index = stepIndexOf(release)
  const reached = atDesiredCounts(release, releaseSets, status.canary?.weights)
  if (index === undefined) return weightWithoutSteps(draft, reached)
  const past = currentStep(release) === undefined
  const target = past ? maxWeight(release) : currentSetWeight(release)
  // Less traffic never waits for pods of the canary; it is what lets them go.
  if (reached || target < recordedWeight(draft)) return target
  // More traffic does: somebody may have skipped the step that waited for them.
  const present = recordedWeight(draft)
  return past ? present : Math.min(weightAtStep(release, index - 1), target, present)
}

/** The share that the release asks for, before what pods can carry is looked at. */
const wishedWeight = (draft: Draft): number => {
  const { release, next, before } = draft
  if (isReturningToStable(draft)) return weightWhileStableGrows(draft)
  if (isFullyPromoted(release)) return 0
  if (draft.isAborted) return followsTraffic(release) ? weightWhileStableGrows(draft) : 0
  // The share of an interrupted revision is not inherited: the canary Service must change hands without traffic.
  if (next === undefined || next.available === 0 || isInterrupting(draft)) return 0
  if (before.promoteFull === true) {
    if (!followsTraffic(release)) return recordedWeight(draft)
    const replicas = replicasWanted(release)
    return replicas === 0
      ? 0
      : Math.min(maxWeight(release), Math.floor((maxWeight(release) * next.available) / replicas))
  }
  return weightOfSteps(draft)
}

/** Whether the canary Service leads to the pods of the new revision, so that its weight means them. */
export const canaryServiceIsReady = ({ release, services, next }: Draft): boolean => {
  const { canary } = serviceRolesOf(release)
  return canary === '' || services.selected(canary) === next?.hash
}

/** Whether stable, behind its Service, has the pods for a share of the traffic. */
const stableCanCarry = (draft: Draft, share: number): boolean => {
  const { release, stable, services } = draft
  const { replicaProgressThreshold } = canaryOf(release)
  const { stable: service } = serviceRolesOf(release)
  if (stable === undefined) return false
  if (services.has(service) && services.selected(service) !== stable.hash) return false
  const needed = Math.floor((share * replicasWanted(release)) / maxWeight(release))
  return (
    stable.available >= needed ||
    (replicaProgressThreshold !== undefined && reachedThreshold(replicaProgressThreshold, stable, needed))
  )
}

/**
 * The share of the traffic that the canary is to have now. It is never raised without available pods behind the canary
 * Service, and never lowered before stable can carry the rest: the present share is kept until then. Two cases do not
 * wait for stable: an abort of a release that left stable at full size, and a canary that has lost every pod. A revision
 * that was interrupted serves on until stable, which dynamicStableScale may have shrunk, can take its share.
 */
export const chooseWeight = (draft: Draft): number => {
  const { release, next } = draft
  const current = recordedWeight(draft)
  const wished = wishedWeight(draft)
  if (wished > current)
    return next !== undefined && next.available > 0 && canaryServiceIsReady(draft) ? wished : current
  if (wished === current) return current
  const isJump = (draft.isAborted && !followsTraffic(release)) || hasLostCanary(draft)
  return isJump || stableCanCarry(draft, maxWeight(release) - wished) ? wished : current
}
