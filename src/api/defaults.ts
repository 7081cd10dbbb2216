import type { DeepReadonly } from '../lib/json.ts'
import type { Metric } from './metric.ts'
import type { RolloutSpec } from './rollout-spec.ts'
import type { IntOrString } from './scalars.ts'

/**
 * What an absent field means. The schemas carry none of these defaults, as the published ones do not, so that nothing is
 * written into stored objects.
 */

type HasSpec = { readonly spec: DeepReadonly<RolloutSpec> }

/** The share of pods that a rolling update may add or miss. The `%` is implied here, as in the published API. */
const defaultMaxSurgeOrUnavailable = '25'

/** What weight means all traffic where `maxTrafficWeight` is not set. */
const defaultMaxTrafficWeight = 100

/** Seconds for which an old ReplicaSet stays, where a delay applies and none is given. */
const defaultScaleDownDelaySeconds = 30

/** Seconds after which a failed measurement is tried again, whatever the interval. */
export const errorRetrySeconds = 10

/** How many measurements of a metric are kept where no retention applies. */
export const defaultMeasurementRetention = 10

/** Pods to run. */
export const replicasOf = ({ spec }: HasSpec): number => spec.replicas ?? 1

/** Seconds a pod must be ready before it is available. */
export const minReadySecondsOf = ({ spec }: HasSpec): number => spec.minReadySeconds ?? 0

/** How many old ReplicaSets are kept. */
export const revisionHistoryLimitOf = ({ spec }: HasSpec): number => spec.revisionHistoryLimit ?? 10

/** Seconds a release may go without progress. */
export const progressDeadlineSecondsOf = ({ spec }: HasSpec): number => spec.progressDeadlineSeconds ?? 600

/** How many finished AnalysisRuns, and Experiments, are kept by how they ended. */
export const analysisHistoryLimitsOf = ({ spec }: HasSpec): { successful: number; unsuccessful: number } => ({
  successful: spec.analysis?.successfulRunHistoryLimit ?? 5,
  unsuccessful: spec.analysis?.unsuccessfulRunHistoryLimit ?? 5,
})

/** Pods that may run beyond the wanted number in a canary. */
export const maxSurgeOf = ({ spec }: HasSpec): IntOrString =>
  spec.strategy?.canary?.maxSurge ?? defaultMaxSurgeOrUnavailable

/** Pods that may be missing from the wanted number. */
export const maxUnavailableOf = ({ spec }: HasSpec): IntOrString =>
  spec.strategy?.blueGreen?.maxUnavailable ?? spec.strategy?.canary?.maxUnavailable ?? defaultMaxSurgeOrUnavailable

/** The weight that means all traffic. */
export const maxTrafficWeightOf = ({ spec }: HasSpec): number =>
  spec.strategy?.canary?.trafficRouting?.maxTrafficWeight ?? defaultMaxTrafficWeight

/** Seconds an old ReplicaSet stays after traffic has left it: none in a canary without routers. */
export const scaleDownDelaySecondsOf = ({ spec }: HasSpec): number => {
  const { blueGreen, canary } = spec.strategy ?? {}
  if (blueGreen) return blueGreen.scaleDownDelaySeconds ?? defaultScaleDownDelaySeconds
  return canary?.trafficRouting ? (canary.scaleDownDelaySeconds ?? defaultScaleDownDelaySeconds) : 0
}

/** How many old ReplicaSets may stay for that delay at once. */
export const scaleDownDelayRevisionLimitOf = ({ spec }: HasSpec): number =>
  (spec.strategy?.blueGreen ?? spec.strategy?.canary)?.scaleDownDelayRevisionLimit ?? Number.POSITIVE_INFINITY

/** What becomes of the new ReplicaSet after an abort. */
export interface AbortScaleDownDelay {
  /** Seconds until it is scaled down; `never` when the field is 0. */
  readonly seconds: number | 'never'
  /** Whether the field is set, which decides with dynamicStableScale. */
  readonly explicit: boolean
}

/** See {@link AbortScaleDownDelay}. A canary without routers scales down at once, whatever the field says. */
export const abortScaleDownDelayOf = ({ spec }: HasSpec): AbortScaleDownDelay => {
  const { blueGreen, canary } = spec.strategy ?? {}
  if (!blueGreen && !canary?.trafficRouting) return { seconds: 0, explicit: false }
  const given = (blueGreen ?? canary)?.abortScaleDownDelaySeconds
  if (given === undefined) return { seconds: defaultScaleDownDelaySeconds, explicit: false }
  return { seconds: given === 0 ? 'never' : given, explicit: true }
}

/** Whether a blue/green release is promoted as soon as it is ready. */
export const autoPromotionEnabledOf = ({ spec }: HasSpec): boolean =>
  spec.strategy?.blueGreen?.autoPromotionEnabled ?? true

/** How many measurements in a row may end in an error. */
export const consecutiveErrorLimitOf = (metric: Pick<DeepReadonly<Metric>, 'consecutiveErrorLimit'>): IntOrString =>
  metric.consecutiveErrorLimit ?? 4
