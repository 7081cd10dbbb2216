import type { PodTemplateSpec } from '../../api/kubernetes/pod.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { fromRfc3339 } from '../../lib/rfc3339.ts'
import type { AnalysisRunInfo as AnalysisRunView } from '../../view/analysis-run-info.ts'
import type { ExperimentInfo as ExperimentView } from '../../view/experiment-info.ts'
import { phaseIcon } from '../../view/icons.ts'
import type { ReplicaSetInfo as ReplicaSetView } from '../../view/replica-set-info.ts'
import { type RolloutObjects, type RolloutInfo as RolloutView, rolloutInfo } from '../../view/rollout-info.ts'
import { analysisRunMessage, iconOf } from './analysis-run-message.ts'
import type { AnalysisRunInfo, ContainerInfo, ExperimentInfo, ReplicaSetInfo, RolloutInfo } from './messages.ts'
import { metaMessage, revisionOf, rolloutMetaMessage } from './object-meta-message.ts'
import { present } from './present.ts'
import { podMessage, replicaSetMessage } from './replica-set-message.ts'

/** A Rollout, what belongs to it, and the pod template that is wanted: its own, or that of the workload it refers to. */
export interface ToldRollout extends RolloutObjects {
  readonly template: DeepReadonly<PodTemplateSpec> | undefined
}

const byName = <T extends { readonly metadata: { readonly name: string } }>(
  objects: readonly T[],
): ReadonlyMap<string, T> => new Map(objects.map((object) => [object.metadata.name, object]))

/** Puts what the terminal shows of the objects, which names them, together with the objects themselves. */
class Narrator {
  readonly #replicaSets
  readonly #pods
  readonly #experiments
  readonly #analysisRuns

  constructor({ replicaSets, pods, experiments = [], analysisRuns }: RolloutObjects) {
    this.#replicaSets = byName(replicaSets)
    this.#pods = byName(pods)
    this.#experiments = byName(experiments)
    this.#analysisRuns = byName(analysisRuns)
  }

  replicaSets(views: readonly ReplicaSetView[]): readonly ReplicaSetInfo[] {
    return views.flatMap((view) => {
      const replicaSet = this.#replicaSets.get(view.name)
      const pods = view.pods.flatMap((one) => {
        const pod = this.#pods.get(one.name)
        return pod === undefined ? [] : [podMessage(pod, one)]
      })
      return replicaSet === undefined ? [] : [replicaSetMessage(replicaSet, view, pods)]
    })
  }

  analysisRuns(views: readonly AnalysisRunView[]): readonly AnalysisRunInfo[] {
    return views.flatMap((view) => {
      const run = this.#analysisRuns.get(view.name)
      return run === undefined ? [] : [analysisRunMessage(run, view)]
    })
  }

  experiments(views: readonly ExperimentView[]): readonly ExperimentInfo[] {
    return views.flatMap((view) => {
      const experiment = this.#experiments.get(view.name)
      if (experiment === undefined) return []
      const { metadata, status } = experiment
      const message: ExperimentInfo = {
        objectMeta: metaMessage(metadata),
        icon: iconOf(status?.phase),
        ...present({
          revision: revisionOf(metadata),
          status: status?.phase,
          message: status?.message,
          replicaSets: this.replicaSets(view.replicaSets),
          analysisRuns: this.analysisRuns(view.analysisRuns),
        }),
      }
      return [message]
    })
  }
}

const containerMessages = (
  containers: readonly { readonly name: string; readonly image?: string | undefined }[] = [],
) => containers.map(({ name, image }): ContainerInfo => ({ name, ...present({ image }) }))

/** As Go prints an instant in UTC, which the published message has as a text. */
const restartedAtText = (restartedAt: string | undefined): string => {
  const ms = fromRfc3339(restartedAt)
  if (ms === undefined) return 'Never'
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} +0000 UTC`
}

const progressMessage = ({ rollout }: ToldRollout, { canary }: RolloutView) => {
  if (canary === undefined) return {}
  const { step, setWeight, actualWeight } = canary
  return {
    ...(step && { step: `${step.index}/${step.count}`, steps: rollout.spec.strategy?.canary?.steps ?? [] }),
    setWeight: String(setWeight),
    actualWeight: String(actualWeight),
  }
}

/**
 * Tells a Rollout and everything that belongs to it, as the published dashboard does: what the terminal shows of it, and the
 * objects by their metadata.
 * @param now milliseconds since the epoch
 */
export const rolloutMessage = (told: ToldRollout, now: number): RolloutInfo => {
  const { metadata, status } = told.rollout
  const view = rolloutInfo(told, now)
  const narrator = new Narrator(told)
  const { revisions, strategy } = view
  return {
    objectMeta: rolloutMetaMessage(metadata),
    status: view.phase,
    icon: phaseIcon(view.phase).text,
    restartedAt: restartedAtText(status?.restartedAt),
    ...progressMessage(told, view),
    ...present({
      message: view.message,
      strategy,
      ...view.replicas,
      generation: status?.observedGeneration,
      replicaSets: narrator.replicaSets(revisions.flatMap(({ replicaSets }) => replicaSets)),
      experiments: narrator.experiments(revisions.flatMap(({ experiments }) => experiments)),
      analysisRuns: narrator.analysisRuns(revisions.flatMap(({ analysisRuns }) => analysisRuns)),
      containers: containerMessages(told.template?.spec?.containers),
      initContainers: containerMessages(told.template?.spec?.initContainers),
    }),
  }
}

/** Tells a Rollout that cannot be told, such as one from before its schema: the others are shown all the same. */
export const unreadableMessage = ({ rollout }: ToldRollout, error: unknown): RolloutInfo => ({
  objectMeta: rolloutMetaMessage(rollout.metadata),
  status: 'Unknown',
  icon: phaseIcon('Unknown').text,
  message: `reading the Rollout: ${error instanceof Error ? error.message : String(error)}`,
  restartedAt: 'Never',
})
