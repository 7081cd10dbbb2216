import type { ExperimentTemplate } from '../../api/experiment.ts'
import { experimentScaleDownDelaySecondsOf, templateReplicasOf } from '../../api/experiment-defaults.ts'
import type { ReplicaSet } from '../../api/kubernetes/workloads.ts'
import { podTemplateHashLabel, scaleDownDeadlineAnnotation } from '../../api/labels.ts'
import { isTemplateCompleted } from '../../api/phases.ts'
import type { DeepReadonly, JsonObject } from '../../lib/json.ts'
import { fromRfc3339, toRfc3339 } from '../../lib/rfc3339.ts'
import type { ExperimentDraft } from '../draft.ts'
import { newReplicaSetCreated, scalingReplicaSet } from '../events.ts'
import { newReplicaSet, replicaSetNameOf } from '../new-replica-set.ts'
import { isEnding } from './ending.ts'

type Template = DeepReadonly<ExperimentTemplate>
type Set = DeepReadonly<ReplicaSet>

/** Whether the pods of a template are to run. */
export const isWanted = (draft: ExperimentDraft, { name }: Template): boolean =>
  !isEnding(draft) && !isTemplateCompleted(draft.template(name).status)

const create = (draft: ExperimentDraft, spec: Template): void => {
  const template = draft.template(spec.name)
  const { experiment } = draft.snapshot
  const name = replicaSetNameOf(experiment, spec, template.collisionCount)
  const key = `replicaset/${name}`
  const size = templateReplicasOf(spec)
  const object = newReplicaSet(experiment, spec, template.collisionCount)
  draft.want({ type: 'createReplicaSet', key, template: spec.name, object, why: `create with ${size} pods` })
  draft.announce({ event: newReplicaSetCreated(name, size), needs: key })
  if (size > 0) draft.announce({ event: scalingReplicaSet(name, 0, size), needs: key })
  template.lastTransitionTime ??= draft.timestamp
}

const deadlineOf = ({ metadata }: Set): number | undefined =>
  fromRfc3339(metadata.annotations?.[scaleDownDeadlineAnnotation])

const update = (draft: ExperimentDraft, template: string, set: Set, patch: JsonObject, why: string): void => {
  const { name } = set.metadata
  draft.want({ type: 'updateReplicaSet', key: `replicaset/${name}`, template, name, patch, why })
}

const scale = (draft: ExperimentDraft, template: string, set: Set, to: number): void => {
  const { name, annotations = {} } = set.metadata
  const from = set.spec.replicas ?? 1
  const key = `replicaset/${name}`
  const isStale = to > 0 && annotations[scaleDownDeadlineAnnotation] !== undefined
  const metadata = { annotations: { [scaleDownDeadlineAnnotation]: null } }
  const patch = { ...(isStale && { metadata }), spec: { replicas: to } }
  const why = `scale ${from < to ? 'up' : 'down'} to ${to}`
  draft.want({ type: 'updateReplicaSet', key, template, name, patch, size: { from, to }, why })
  draft.announce({ event: scalingReplicaSet(name, from, to), needs: key })
  draft.template(template).lastTransitionTime = draft.timestamp
}

const keep = (draft: ExperimentDraft, spec: Template, set: Set): void => {
  const size = templateReplicasOf(spec)
  if ((set.spec.replicas ?? 1) !== size) scale(draft, spec.name, set, size)
  else if (set.metadata.annotations?.[scaleDownDeadlineAnnotation] !== undefined) {
    const patch = { metadata: { annotations: { [scaleDownDeadlineAnnotation]: null } } }
    update(draft, spec.name, set, patch, `remove ${scaleDownDeadlineAnnotation}`)
  }
}

/** Whether a router of the Rollout may still send traffic to these pods. */
export const isRouted = ({ snapshot }: ExperimentDraft, { metadata }: Set): boolean =>
  snapshot.routedHashes.has(metadata.labels?.[podTemplateHashLabel] ?? '')

/** After the end pods stay for the delay, and as long as traffic goes to them. */
const remove = (draft: ExperimentDraft, spec: Template, set: Set): void => {
  if ((set.spec.replicas ?? 1) === 0) return
  const { now, experiment } = draft.snapshot
  const delaySeconds = experimentScaleDownDelaySecondsOf(experiment)
  const deadline = deadlineOf(set)
  if (delaySeconds > 0 && deadline === undefined) {
    const at = now + delaySeconds * 1000
    const patch = { metadata: { annotations: { [scaleDownDeadlineAnnotation]: toRfc3339(at) } } }
    update(draft, spec.name, set, patch, `set ${scaleDownDeadlineAnnotation}`)
    draft.wake(at)
  } else if (delaySeconds > 0 && deadline !== undefined && deadline > now) draft.wake(deadline)
  // The Rollout's status says when traffic has left, and its change is a reason to look again.
  else if (!isRouted(draft, set)) scale(draft, spec.name, set, 0)
}

/** Creates the ReplicaSet of each template, sizes it, and scales it down after the end. */
export const runPods = (draft: ExperimentDraft): void => {
  for (const spec of draft.snapshot.experiment.spec.templates) {
    const sets = draft.replicaSetsOf(spec.name)
    const wanted = isWanted(draft, spec)
    if (wanted && sets.length === 0) create(draft, spec)
    for (const set of sets) {
      if (wanted) keep(draft, spec, set)
      else remove(draft, spec, set)
    }
  }
}
