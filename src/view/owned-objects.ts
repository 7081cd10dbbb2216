import type { AnalysisRun } from '../api/analysis-run.ts'
import type { Experiment } from '../api/experiment.ts'
import type { Pod } from '../api/kubernetes/pod.ts'
import type { ReplicaSet } from '../api/kubernetes/workloads.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { byOwner, newestRevisionRunFirst, oldestFirst } from './ownership.ts'

/** Objects of a namespace; those that belong to something else than what is shown are passed over. */
export interface NamespaceObjects {
  readonly replicaSets: readonly DeepReadonly<ReplicaSet>[]
  readonly pods: readonly DeepReadonly<Pod>[]
  readonly analysisRuns: readonly DeepReadonly<AnalysisRun>[]
  readonly experiments?: readonly DeepReadonly<Experiment>[]
}

/** The objects of an owner, by its uid. */
export const ownedIn = (objects: NamespaceObjects) => {
  const replicaSets = byOwner(objects.replicaSets)
  const analysisRuns = byOwner(objects.analysisRuns)
  const experiments = byOwner(objects.experiments ?? [])
  const podsByOwner = byOwner(objects.pods)
  return (uid: string) => ({
    replicaSets: replicaSets.get(uid) ?? [],
    analysisRuns: [...(analysisRuns.get(uid) ?? [])].sort(newestRevisionRunFirst),
    experiments: [...(experiments.get(uid) ?? [])].sort(oldestFirst),
    podsByOwner,
  })
}

/** See {@link ownedIn}. */
export type Owned = ReturnType<typeof ownedIn>
