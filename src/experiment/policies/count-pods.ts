import type { TemplateStatus } from '../../api/experiment.ts'
import type { ExperimentDraft } from '../draft.ts'

type Counts = Pick<TemplateStatus, 'replicas' | 'updatedReplicas' | 'readyReplicas' | 'availableReplicas'>

const countsOf = (draft: ExperimentDraft, name: string): Counts => {
  const status = draft.replicaSetsOf(name)[0]?.status
  const replicas = status?.replicas ?? 0
  return {
    replicas,
    updatedReplicas: replicas,
    readyReplicas: status?.readyReplicas ?? 0,
    availableReplicas: status?.availableReplicas ?? 0,
  }
}

/** Notes what the ReplicaSets report. Every change is progress: the deadline counts from the last one. */
export const countPods = (draft: ExperimentDraft): void => {
  for (const { name } of draft.snapshot.experiment.spec.templates) {
    const template = draft.template(name)
    const counts = countsOf(draft, name)
    const keys = Object.keys(counts) as (keyof Counts)[]
    if (keys.every((key) => template[key] === counts[key])) continue
    Object.assign(template, counts)
    template.lastTransitionTime = draft.timestamp
  }
}
