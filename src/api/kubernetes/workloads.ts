import type { IntOrString } from '../scalars.ts'
import type { Condition } from './condition.ts'
import type { LabelSelector } from './label-selector.ts'
import type { ObjectMeta } from './object-meta.ts'
import type { PodTemplateSpec } from './pod.ts'

/** What a ReplicaSet is to run. */
export type ReplicaSetSpec = {
  /** The server writes 1 where nothing was given. */
  replicas?: number
  minReadySeconds?: number
  selector: LabelSelector
  template: PodTemplateSpec
}

/** What the ReplicaSet controller reports. Absent counts are 0. */
export type ReplicaSetStatus = {
  replicas?: number
  fullyLabeledReplicas?: number
  readyReplicas?: number
  availableReplicas?: number
  observedGeneration?: number
  conditions?: Condition[]
}

/** A ReplicaSet (Kubernetes API, `apps/v1`). */
export type ReplicaSet = {
  apiVersion: 'apps/v1'
  kind: 'ReplicaSet'
  metadata: ObjectMeta
  spec: ReplicaSetSpec
  status?: ReplicaSetStatus
}

/** A Deployment (Kubernetes API, `apps/v1`): read when a Rollout references it as its workload. */
export type Deployment = {
  apiVersion: 'apps/v1'
  kind: 'Deployment'
  metadata: ObjectMeta
  spec: {
    replicas?: number
    selector: LabelSelector
    template: PodTemplateSpec
    minReadySeconds?: number
    paused?: boolean
    revisionHistoryLimit?: number
    progressDeadlineSeconds?: number
    strategy?: { type?: string; rollingUpdate?: { maxSurge?: IntOrString; maxUnavailable?: IntOrString } }
  }
  status?: {
    replicas?: number
    updatedReplicas?: number
    readyReplicas?: number
    availableReplicas?: number
    observedGeneration?: number
    conditions?: Condition[]
  }
}

/** What a Job is to run. Fields that only the Job controller reads are kept as they are. */
export type JobSpec = {
  template: PodTemplateSpec
  backoffLimit?: number
  activeDeadlineSeconds?: number
  parallelism?: number
  completions?: number
  suspend?: boolean
  ttlSecondsAfterFinished?: number
}

/** A Job (Kubernetes API, `batch/v1`). */
export type Job = {
  apiVersion: 'batch/v1'
  kind: 'Job'
  metadata: ObjectMeta
  spec: JobSpec
  status?: {
    active?: number
    ready?: number
    succeeded?: number
    failed?: number
    startTime?: string
    completionTime?: string
    conditions?: Condition[]
  }
}
