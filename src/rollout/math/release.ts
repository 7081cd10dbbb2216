import type { CanaryStrategy } from '../../api/canary.ts'
import type { RolloutSpec } from '../../api/rollout-spec.ts'
import type { RolloutStatus } from '../../api/rollout-status.ts'
import type { CanaryStep } from '../../api/steps.ts'
import type { DeepReadonly } from '../../lib/json.ts'

/** What the arithmetic of a canary reads of a Rollout: what is asked for, and how far it has come. */
export interface Release {
  readonly spec: DeepReadonly<RolloutSpec>
  readonly status: DeepReadonly<RolloutStatus>
}

/** The counts of a ReplicaSet that the arithmetic works with. */
export interface ReplicaCounts {
  /** `spec.replicas`: how many pods it was told to have. */
  readonly desired: number
  /** `status.replicas`: how many pods exist. */
  readonly created: number
  /** `status.availableReplicas`: how many have been ready for minReadySeconds. */
  readonly available: number
}

/** Stable, new and older ReplicaSets as the arithmetic sees them. */
export interface ReplicaSetsOfRelease {
  readonly next: ReplicaCounts | undefined
  /** Absent before the first promotion, and when the new ReplicaSet is the stable one. */
  readonly stable: ReplicaCounts | undefined
  readonly older: readonly ReplicaCounts[]
}

const noCanary: DeepReadonly<CanaryStrategy> = {}

/** The canary strategy, or an empty one where there is none. */
export const canaryOf = (release: Release): DeepReadonly<CanaryStrategy> => release.spec.strategy?.canary ?? noCanary

/** `spec.replicas`, by default 1. */
export const replicasWanted = (release: Release): number => release.spec.replicas ?? 1

/** The steps of the canary; none is an empty list. */
export const stepsOf = (release: Release): readonly DeepReadonly<CanaryStep>[] => canaryOf(release).steps ?? []

/** Index of the current step, from 0 to the number of steps; `undefined` when there are no steps. */
export const stepIndexOf = (release: Release): number | undefined =>
  stepsOf(release).length === 0 ? undefined : (release.status.currentStepIndex ?? 0)

/** The step that is being worked on; `undefined` without steps and past the last one. */
export const currentStep = (release: Release): DeepReadonly<CanaryStep> | undefined => {
  const index = stepIndexOf(release)
  return index === undefined ? undefined : stepsOf(release)[index]
}

/** Whether a router splits the traffic, rather than the number of pods. */
export const isTrafficRouted = (release: Release): boolean => canaryOf(release).trafficRouting !== undefined

/** Whether the release is blue/green: Services move from one whole revision to the other. */
export const isBlueGreen = (release: Release): boolean => release.spec.strategy?.blueGreen !== undefined

/** Whether the numbers of pods make the split: a canary without a router. */
export const splitsByPods = (release: Release): boolean => !isTrafficRouted(release) && !isBlueGreen(release)

/** Whether stable shrinks as its share of the traffic does (dynamicStableScale; needs a router). */
export const followsTraffic = (release: Release): boolean =>
  isTrafficRouted(release) && canaryOf(release).dynamicStableScale === true

/** Whether the revision that is asked for is the stable one. */
export const isFullyPromoted = (release: Release): boolean =>
  (release.status.stableRS ?? '') === (release.status.currentPodHash ?? '')

/** Sum of one count over some ReplicaSets. */
export const total = (sets: readonly ReplicaCounts[], count: keyof ReplicaCounts): number =>
  sets.reduce((sum, set) => sum + set[count], 0)
