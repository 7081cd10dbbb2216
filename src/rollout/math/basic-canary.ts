import { approximateWeight, type CanaryCounts } from './approximate-weight.ts'
import { type Release, type ReplicaCounts, type ReplicaSetsOfRelease, replicasWanted, total } from './release.ts'
import { maxSurge, maxUnavailable } from './surge.ts'
import { desiredWeight, maxWeight } from './weight.ts'

/** The bounds within which the pods of a release may move. */
interface Limits {
  /** Pods that may exist at most: spec.replicas + maxSurge. */
  readonly most: number
  /** Pods that must stay available: spec.replicas - maxUnavailable. */
  readonly fewestAvailable: number
}

/** The numbers of pods that the weight asks for, regardless of how to get there. */
const desiredBasicCounts = (release: Release, sets: ReplicaSetsOfRelease): CanaryCounts => {
  const replicas = replicasWanted(release)
  // Without another ReplicaSet to compare with there is nothing to share.
  if (sets.stable === undefined) return { canary: replicas, stable: 0 }
  return approximateWeight(replicas, desiredWeight(release, sets), maxWeight(release), maxSurge(release))
}

/** Grows stable first, then the canary, as far as surge allows. */
const scaledUp = (goal: CanaryCounts, sets: ReplicaSetsOfRelease, limits: Limits): CanaryCounts => {
  const next = sets.next?.desired ?? 0
  const stable = sets.stable?.desired ?? 0
  const room = limits.most - (next + stable + total(sets.older, 'desired'))
  const stableGrowth = sets.stable === undefined ? 0 : growth(stable, goal.stable, room)
  const canaryGrowth = sets.next === undefined ? 0 : growth(next, goal.canary, room - stableGrowth)
  return { canary: next + canaryGrowth, stable: stable + stableGrowth }
}

const growth = (from: number, to: number, room: number): number => Math.max(0, Math.min(to - from, room))

/**
 * Pods of a ReplicaSet that count when deciding how many may go. Those that it is already losing do not; and pods that
 * never become available must not keep the others from being replaced, hence `ignoreAvailability`.
 */
const countedForScaleDown = (set: ReplicaCounts | undefined, ignoreAvailability: boolean): number => {
  if (set === undefined) return 0
  return ignoreAvailability ? set.desired : Math.min(set.desired, set.available)
}

interface Side {
  readonly set: ReplicaCounts | undefined
  readonly count: number
}

/**
 * Brings both sides within the limits after `drained` was shrunk: what exceeds surge is first taken from the other side,
 * given back there as far as availability needs it, and then taken from the drained side.
 */
const withinLimits = (drained: Side, other: Side, limits: Limits): readonly [number, number] => {
  const excess = (a: number, b: number): number => Math.max(0, a + b - limits.most)
  if (other.set === undefined) return [drained.count, other.count]
  const reduced = other.count - excess(drained.count, other.count)
  const available = Math.min(drained.set?.available ?? 0, drained.count) + Math.min(other.set.available, reduced)
  const lost = Math.max(0, other.set.available - reduced)
  const restored = reduced + Math.min(lost, Math.max(0, limits.fewestAvailable - available))
  return [drained.count - excess(drained.count, restored), restored]
}

const shrunk = (set: ReplicaCounts | undefined, goal: number, budget: number, otherwise: number): number =>
  set !== undefined && set.desired > goal ? Math.max(goal, set.desired - budget) : otherwise

/**
 * The next numbers of pods on the way to the desired weight, when the number of pods is what splits the traffic: never
 * more than spec.replicas + maxSurge pods, never fewer than spec.replicas - maxUnavailable available ones. Stable grows
 * before the canary, and ReplicaSets of other revisions go before either of them shrinks. Called again whenever pods
 * have changed, it arrives at the counts nearest to the weight. (Published behaviour; the order is observable.)
 */
export const basicCanaryCounts = (release: Release, sets: ReplicaSetsOfRelease): CanaryCounts => {
  const replicas = replicasWanted(release)
  const limits = { most: replicas + maxSurge(release), fewestAvailable: replicas - maxUnavailable(release) }
  const goal = desiredBasicCounts(release, sets)
  const grown = scaledUp(goal, sets, limits)
  if (total(sets.older, 'desired') > 0) return grown

  const increasing = sets.next === undefined || goal.canary >= sets.next.desired
  const counted = countedForScaleDown(sets.next, !increasing) + countedForScaleDown(sets.stable, increasing)
  const budget = counted - limits.fewestAvailable
  if (budget <= 0) return grown

  const canary = { set: sets.next, count: grown.canary }
  const stable = { set: sets.stable, count: grown.stable }
  if (!increasing) {
    const drained = { ...canary, count: shrunk(sets.next, goal.canary, budget, grown.canary) }
    const [canaryCount, stableCount] = withinLimits(drained, stable, limits)
    return { canary: canaryCount, stable: stableCount }
  }
  if (sets.stable === undefined) return grown
  const drained = { ...stable, count: shrunk(sets.stable, goal.stable, budget, grown.stable) }
  const [stableCount, canaryCount] = withinLimits(drained, canary, limits)
  return { canary: canaryCount, stable: stableCount }
}
