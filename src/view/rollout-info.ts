import { clientPhase } from '../api/client-phase.ts'
import { replicasOf } from '../api/defaults.ts'
import type { ObjectMeta } from '../api/kubernetes/object-meta.ts'
import type { RolloutPhase } from '../api/phases.ts'
import type { Rollout } from '../api/rollout.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { type AnalysisRunInfo, analysisRunInfo } from './analysis-run-info.ts'
import { type CanaryProgress, canaryProgress } from './canary-progress.ts'
import { type ExperimentInfo, experimentInfo } from './experiment-info.ts'
import { type ImageInfo, imageInfos } from './image-info.ts'
import { type NamespaceObjects, type Owned, ownedIn } from './owned-objects.ts'
import { ageMs, revisionOf } from './ownership.ts'
import { type ReplicaSetInfo, rolloutReplicaSets } from './replica-set-info.ts'

/** The objects that a tree is drawn from. Those that belong to something else are passed over. */
export interface RolloutObjects extends NamespaceObjects {
  readonly rollout: DeepReadonly<Rollout>
}

/** Everything that belongs to one revision. */
export interface RevisionInfo {
  readonly revision: number
  readonly replicaSets: readonly ReplicaSetInfo[]
  readonly experiments: readonly ExperimentInfo[]
  readonly analysisRuns: readonly AnalysisRunInfo[]
}

/** How many pods there are, and should be. */
export interface ReplicaInfo {
  readonly desired: number
  readonly current: number
  readonly updated: number
  readonly ready: number
  readonly available: number
}

/** What a person wants to know of a Rollout, as data. */
export interface RolloutInfo {
  readonly name: string
  readonly namespace: string
  readonly phase: RolloutPhase
  readonly message: string
  readonly ageMs: number
  /** Absent where the spec names none. */
  readonly strategy?: 'Canary' | 'BlueGreen'
  readonly canary?: CanaryProgress
  readonly images: readonly ImageInfo[]
  readonly replicas: ReplicaInfo
  /** Newest first. */
  readonly revisions: readonly RevisionInfo[]
}

type HasMetadata = { readonly metadata: DeepReadonly<ObjectMeta> }

const revisionsOf = (rollout: DeepReadonly<Rollout>, owned: Owned, now: number): RevisionInfo[] => {
  const own = owned(rollout.metadata.uid)
  const all = [...own.replicaSets, ...own.experiments, ...own.analysisRuns].map(revisionOf)
  const of = <T extends HasMetadata>(objects: readonly T[], revision: number): T[] =>
    objects.filter((object) => revisionOf(object) === revision)
  return [...new Set(all)]
    .sort((a, b) => b - a)
    .map((revision) => ({
      revision,
      replicaSets: rolloutReplicaSets(rollout, { ...own, replicaSets: of(own.replicaSets, revision) }, now),
      experiments: of(own.experiments, revision).map((experiment) => experimentInfo(experiment, owned, now)),
      analysisRuns: of(own.analysisRuns, revision).map((run) => analysisRunInfo(run, now)),
    }))
}

const replicaInfo = (rollout: DeepReadonly<Rollout>): ReplicaInfo => {
  const { replicas = 0, updatedReplicas = 0, readyReplicas = 0, availableReplicas = 0 } = rollout.status ?? {}
  return {
    desired: replicasOf(rollout),
    current: replicas,
    updated: updatedReplicas,
    ready: readyReplicas,
    available: availableReplicas,
  }
}

const strategyOf = ({ spec }: DeepReadonly<Rollout>): RolloutInfo['strategy'] => {
  if (spec.strategy?.canary) return 'Canary'
  return spec.strategy?.blueGreen ? 'BlueGreen' : undefined
}

/**
 * Reads a Rollout and everything that belongs to it.
 * @param now milliseconds since the epoch, from which ages and delays are counted
 */
export const rolloutInfo = (objects: RolloutObjects, now: number): RolloutInfo => {
  const { rollout } = objects
  const revisions = revisionsOf(rollout, ownedIn(objects), now)
  const own = revisions.flatMap(({ replicaSets }) => replicaSets)
  const ofExperiments = revisions.flatMap(({ experiments }) => experiments.flatMap(({ replicaSets }) => replicaSets))
  const strategy = strategyOf(rollout)
  const canaryAvailable = own.find(({ roles }) => roles.includes('canary'))?.available ?? 0
  return {
    name: rollout.metadata.name,
    namespace: rollout.metadata.namespace ?? '',
    ...clientPhase(rollout),
    ageMs: ageMs(rollout, now),
    ...(strategy && { strategy }),
    ...(strategy === 'Canary' && { canary: canaryProgress(rollout, canaryAvailable) }),
    images: imageInfos([...own, ...ofExperiments]),
    replicas: replicaInfo(rollout),
    revisions,
  }
}
