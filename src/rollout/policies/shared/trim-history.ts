import { revisionHistoryLimitOf } from '../../../api/defaults.ts'
import { podTemplateHashLabel } from '../../../api/labels.ts'
import type { Draft } from '../../draft.ts'
import type { WorkingReplicaSet } from '../../working-replica-set.ts'

/** Whether a ReplicaSet has neither pods nor the intention of having some, by its controller's own word. */
const isEmpty = ({ original, created, desired }: WorkingReplicaSet): boolean =>
  desired === 0 && created === 0 && (original.metadata.generation ?? 0) <= (original.status?.observedGeneration ?? 0)

/** Deletes the oldest ReplicaSets beyond revisionHistoryLimit, and their AnalysisRuns and Experiments; never one with pods. */
export const trimHistory = (draft: Draft): void => {
  const old = draft.others.filter((set) => set.original.metadata.deletionTimestamp === undefined)
  const excess = old.length - revisionHistoryLimitOf(draft.snapshot.rollout)
  if (excess <= 0) return
  for (const set of old.slice(0, excess).filter(isEmpty)) {
    draft.deleteReplicaSet(set, 'beyond revisionHistoryLimit')
    for (const { metadata } of draft.runs.live) {
      if (metadata.labels?.[podTemplateHashLabel] === set.hash)
        draft.runs.delete(metadata.name, 'its revision is deleted')
    }
    for (const { metadata } of draft.experiments.live) {
      if (metadata.labels?.[podTemplateHashLabel] === set.hash)
        draft.experiments.delete(metadata.name, 'its revision is deleted')
    }
  }
}
