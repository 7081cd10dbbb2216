import type { AnalysisRunSpec, AnalysisRunStatus } from '../../api/analysis-run.ts'
import type { CanaryStep } from '../../api/steps.ts'
import type { DeepReadonly } from '../../lib/json.ts'

/*
 * What the dashboard's API answers, with the names of the published one, whose clients can read it. As there, a member that
 * would be empty (0, false, '', no items) is left out. Dates are RFC 3339 strings.
 */

/** The metadata that the dashboard tells of an object. Labels, annotations and what follows are those of Rollouts alone. */
export interface InfoMeta {
  readonly name: string
  readonly namespace?: string
  readonly uid?: string
  readonly creationTimestamp?: string
  readonly resourceVersion?: string
  readonly generation?: number
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
}

/** A pod. */
export interface PodInfo {
  readonly objectMeta: InfoMeta
  /** What kubectl shows as its status: `Running`, `Init:0/1`, `CrashLoopBackOff` … */
  readonly status?: string
  readonly icon?: string
  /** Ready containers of all, such as `1/2`. */
  readonly ready: string
  readonly restarts?: number
}

/** A ReplicaSet of a Rollout or of an Experiment, with its pods, the oldest first. */
export interface ReplicaSetInfo {
  readonly objectMeta: InfoMeta
  /** `Healthy`, `Progressing`, `ScaledDown` or `ReplicaFailure`. */
  readonly status: string
  readonly icon: string
  readonly revision?: number
  readonly stable?: boolean
  readonly canary?: boolean
  readonly active?: boolean
  readonly preview?: boolean
  readonly ping?: boolean
  readonly pong?: boolean
  /** Pods that there are, ready or not. */
  readonly replicas?: number
  readonly available?: number
  /** Name of the template of the Experiment that it belongs to. */
  readonly template?: string
  /** RFC 3339: when an old version is scaled down. */
  readonly scaleDownDeadline?: string
  readonly images?: readonly string[]
  readonly initContainerImages?: readonly string[]
  readonly pods?: readonly PodInfo[]
}

/** A Job that measured, or measures. */
export interface JobInfo {
  readonly objectMeta: InfoMeta
  /** Phase of its measurement. */
  readonly status?: string
  readonly icon?: string
  readonly metricName: string
  readonly startedAt?: string
}

/** A measurement that no Job took. */
export interface NonJobInfo {
  readonly value?: string
  readonly status?: string
  readonly metricName: string
  readonly startedAt?: string
}

/** The limits of a metric, those that are numbers. */
export interface MetricInfo {
  readonly name: string
  readonly successCondition?: string
  readonly count?: number
  readonly inconclusiveLimit?: number
  readonly failureLimit?: number
}

/** An AnalysisRun as it is stored. */
export interface AnalysisRunSpecAndStatus {
  readonly spec: DeepReadonly<AnalysisRunSpec>
  /** Its members may be absent, `phase` too, before a controller has seen the run. */
  readonly status: DeepReadonly<Partial<AnalysisRunStatus>>
}

/** An AnalysisRun. */
export interface AnalysisRunInfo {
  readonly objectMeta: InfoMeta
  readonly icon?: string
  readonly revision?: number
  /** Absent before a controller has seen the run. */
  readonly status?: string
  /** Measurements of all metrics by how they ended. */
  readonly successful?: number
  readonly failed?: number
  readonly inconclusive?: number
  readonly error?: number
  readonly jobs?: readonly JobInfo[]
  readonly nonJobInfo?: readonly NonJobInfo[]
  readonly metrics?: readonly MetricInfo[]
  readonly specAndStatus: AnalysisRunSpecAndStatus
}

/** An Experiment of a Rollout. */
export interface ExperimentInfo {
  readonly objectMeta: InfoMeta
  readonly icon?: string
  readonly revision?: number
  /** Absent before a controller has seen it. */
  readonly status?: string
  readonly message?: string
  readonly replicaSets?: readonly ReplicaSetInfo[]
  readonly analysisRuns?: readonly AnalysisRunInfo[]
}

/** A container of the pod template, of the workload where the Rollout refers to one. */
export interface ContainerInfo {
  readonly name: string
  readonly image?: string
}

/** A Rollout and what belongs to it. In lists and their streams, Experiments and AnalysisRuns are left out. */
export interface RolloutInfo {
  readonly objectMeta: InfoMeta
  /** `Healthy`, `Progressing`, `Paused` or `Degraded`; `Unknown` where it cannot be read. */
  readonly status: string
  readonly message?: string
  readonly icon: string
  readonly strategy?: 'Canary' | 'BlueGreen'
  /** Steps done of all, such as `1/4`; absent where there are none. */
  readonly step?: string
  /** The weight that the steps ask for; of a canary only. */
  readonly setWeight?: string
  /** The weight that is in force; of a canary only. */
  readonly actualWeight?: string
  readonly ready?: number
  readonly current?: number
  readonly desired?: number
  readonly updated?: number
  readonly available?: number
  /** Such as `2026-01-31 12:00:00 +0000 UTC`, or `Never`. */
  readonly restartedAt: string
  /** The generation that the controller has seen. */
  readonly generation?: string
  /** The newest revision first. */
  readonly replicaSets?: readonly ReplicaSetInfo[]
  readonly experiments?: readonly ExperimentInfo[]
  readonly analysisRuns?: readonly AnalysisRunInfo[]
  readonly containers?: readonly ContainerInfo[]
  readonly initContainers?: readonly ContainerInfo[]
  readonly steps?: readonly DeepReadonly<CanaryStep>[]
}

/** `GET api/v1/rollouts/{namespace}/info`. */
export interface RolloutInfoList {
  readonly rollouts?: readonly RolloutInfo[]
}

/**
 * What happened to a Rollout, in the stream of a namespace. The published dashboard tells no deletions; of a Rollout that is
 * gone, the metadata is all that is told.
 */
export type RolloutWatchEvent =
  | { readonly type: 'Updated'; readonly rolloutInfo: RolloutInfo }
  | { readonly type: 'Deleted'; readonly rolloutInfo: Pick<RolloutInfo, 'objectMeta'> }

/**
 * The data of one event of a stream. `GET api/v1/rollouts/{namespace}/info/watch` has {@link RolloutWatchEvent}s,
 * `GET api/v1/rollouts/{namespace}/{name}/info/watch` has {@link RolloutInfo}s. An error ends a stream that has begun.
 */
export type StreamMessage<T> = { readonly result: T } | { readonly error: ApiError }

/** `GET api/v1/namespace`: the namespace to begin with, and those that have Rollouts, as far as may be known. */
export interface NamespaceInfo {
  readonly namespace: string
  readonly availableNamespaces?: readonly string[]
}

/** `GET api/v1/version`. */
export interface VersionInfo {
  readonly rolloutsVersion: string
}

/** What comes with every status but 200. */
export interface ApiError {
  /** A code of gRPC, as with the published server: 5 not found, 7 forbidden, 16 not authenticated, 2 any other … */
  readonly code: number
  /** A sentence for the user. */
  readonly message: string
}
