import type { Experiment } from '../api/experiment.ts'
import type { ReplicaSet } from '../api/kubernetes/workloads.ts'
import { experimentTemplateNameAnnotation, podTemplateHashLabel } from '../api/labels.ts'
import type { StoredObject } from '../kube/informer.ts'
import type { DeepReadonly, JsonObject } from '../lib/json.ts'
import { isJsonObject, listOr, objectOr, stringOr } from '../lib/json-value.ts'

/** What a Rollout's status says of the traffic that pods of its Experiments get. */
export interface ExperimentTraffic {
  /** Pod-template hashes to which its routers send a share. */
  readonly hashes: readonly string[]
  /**
   * Name of the Experiment that the release goes by, unless it waits or was given up. This is noted before anything is
   * routed to the pods, the shares are noted afterwards: until then they may get requests that no status tells of.
   */
  readonly current: string | undefined
}

/** Reads {@link ExperimentTraffic} of a Rollout; there is none without one. */
export const experimentTraffic = (rollout: DeepReadonly<JsonObject> | undefined): ExperimentTraffic => {
  const status = objectOr(rollout?.status)
  const { currentExperiment, weights } = objectOr(status.canary)
  const isHeld =
    status.abort === true || listOr(status.pauseConditions).length > 0 || objectOr(rollout?.spec).paused === true
  return {
    hashes: listOr(objectOr(weights).additional)
      .filter(isJsonObject)
      .map(({ podTemplateHash }) => String(podTemplateHash)),
    current: isHeld ? undefined : stringOr(currentExperiment),
  }
}

/** Pod-template hashes of templates that have a Service. */
const exposedHashes = (
  { spec }: DeepReadonly<Experiment>,
  sets: readonly DeepReadonly<ReplicaSet>[],
): readonly string[] => {
  const exposed = new Set(spec.templates.filter(({ service }) => service !== undefined).map(({ name }) => name))
  return sets.flatMap(({ metadata }) => {
    const { annotations = {}, labels = {} } = metadata
    return exposed.has(annotations[experimentTemplateNameAnnotation] ?? '') ? (labels[podTemplateHashLabel] ?? []) : []
  })
}

/** Pod-template hashes of an Experiment's ReplicaSets to which the routers of the Rollout that it is a step of may still send requests. */
export const routedHashes = (
  experiment: DeepReadonly<Experiment>,
  sets: readonly DeepReadonly<ReplicaSet>[],
  rollout: DeepReadonly<StoredObject> | undefined,
): ReadonlySet<string> => {
  const { hashes, current } = experimentTraffic(rollout)
  return new Set([...hashes, ...(current === experiment.metadata.name ? exposedHashes(experiment, sets) : [])])
}
