import type { Experiment } from '../api/experiment.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { type AnalysisRunInfo, analysisRunInfo } from './analysis-run-info.ts'
import { type ImageInfo, imageInfos } from './image-info.ts'
import type { NamespaceObjects, Owned } from './owned-objects.ts'
import { ownedIn } from './owned-objects.ts'
import { ageMs } from './ownership.ts'
import { experimentReplicaSets, type ReplicaSetInfo } from './replica-set-info.ts'

/** What a tree shows of an Experiment. */
export interface ExperimentInfo {
  readonly name: string
  readonly phase: string
  readonly message: string
  readonly ageMs: number
  readonly replicaSets: readonly ReplicaSetInfo[]
  readonly analysisRuns: readonly AnalysisRunInfo[]
}

/** What a person wants to know of an Experiment by itself, as data. */
export interface StandaloneExperimentInfo extends ExperimentInfo {
  readonly namespace: string
  readonly images: readonly ImageInfo[]
}

/** The objects that the tree of an Experiment is drawn from. */
export interface ExperimentObjects extends NamespaceObjects {
  readonly experiment: DeepReadonly<Experiment>
}

/** Reads an Experiment as a part of a tree. `now` in milliseconds since the epoch. */
export const experimentInfo = (experiment: DeepReadonly<Experiment>, owned: Owned, now: number): ExperimentInfo => {
  const own = owned(experiment.metadata.uid)
  return {
    name: experiment.metadata.name,
    phase: experiment.status?.phase || 'Pending',
    message: experiment.status?.message ?? '',
    ageMs: ageMs(experiment, now),
    replicaSets: experimentReplicaSets(own, now),
    analysisRuns: own.analysisRuns.map((run) => analysisRunInfo(run, now)),
  }
}

/** Reads an Experiment and everything that belongs to it. `now` in milliseconds since the epoch. */
export const standaloneExperimentInfo = (objects: ExperimentObjects, now: number): StandaloneExperimentInfo => {
  const info = experimentInfo(objects.experiment, ownedIn(objects), now)
  return {
    ...info,
    namespace: objects.experiment.metadata.namespace ?? '',
    images: imageInfos(info.replicaSets),
  }
}
