import { conditionReasons, type ExperimentConditionType, experimentConditions } from '../../api/conditions.ts'
import type { ExperimentStatus } from '../../api/experiment.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import type { ExperimentDraft } from '../draft.ts'

interface Wish {
  readonly type: ExperimentConditionType
  readonly status: 'True' | 'False'
  readonly reason: string
  readonly message: string
}

const conditionOf = (status: DeepReadonly<ExperimentStatus>, type: ExperimentConditionType) =>
  status.conditions?.find((condition) => condition.type === type)

/** Takes a condition out of the status. */
export const removeCondition = ({ status }: ExperimentDraft, type: ExperimentConditionType): void => {
  if (conditionOf(status, type) === undefined) return
  status.conditions = (status.conditions ?? []).filter((condition) => condition.type !== type)
}

const put = ({ status, timestamp }: ExperimentDraft, wish: Wish): void => {
  const current = conditionOf(status, wish.type)
  const others = (status.conditions ?? []).filter(({ type }) => type !== wish.type)
  const lastTransitionTime = current?.status === wish.status ? current.lastTransitionTime : timestamp
  status.conditions = [...others, { ...wish, lastUpdateTime: timestamp, lastTransitionTime }]
}

/** Sets a condition; equal status, reason and message change nothing. */
export const setCondition = (draft: ExperimentDraft, wish: Wish): void => {
  const current = conditionOf(draft.status, wish.type)
  const isSame = current?.status === wish.status && current.reason === wish.reason && current.message === wish.message
  if (!isSame) put(draft, wish)
}

/** Whether a number of pods changed, or there are more templates than before. */
const hasProgressed = ({ before, status }: ExperimentDraft): boolean => {
  const earlier = new Map((before.templateStatuses ?? []).map((template) => [template.name, template]))
  return (status.templateStatuses ?? []).some((template) => {
    const known = earlier.get(template.name)
    return (
      known === undefined ||
      (['replicas', 'updatedReplicas', 'readyReplicas', 'availableReplicas'] as const).some(
        (count) => known[count] !== template[count],
      )
    )
  })
}

const isScaledDown = ({ status }: ExperimentDraft): boolean =>
  (status.templateStatuses ?? []).every(({ replicas, availableReplicas }) => replicas === 0 && availableReplicas === 0)

/**
 * Tells of progress in the condition that the published controller has for it; no other one is kept. A good end is told at
 * once, though pods may stay for a while; another one when they are gone, of which the published controller says nothing.
 */
export const tellConditions = (draft: ExperimentDraft): void => {
  const { snapshot, status } = draft
  const { name } = snapshot.experiment.metadata
  const { progressing: type } = experimentConditions
  if (snapshot.fault === undefined) removeCondition(draft, experimentConditions.invalidSpec)
  if (status.phase === 'Successful' || (draft.isOver && isScaledDown(draft))) {
    const message =
      status.phase === 'Successful'
        ? `Experiment "${name}" has successfully ran and completed.`
        : `Experiment "${name}" has completed: ${status.phase}.`
    setCondition(draft, { type, status: 'False', reason: 'ExperimentCompleted', message })
  } else if (hasProgressed(draft)) {
    const message = `Experiment "${name}" is progressing.`
    put(draft, { type, status: 'True', reason: conditionReasons.replicaSetUpdated, message })
  } else if (status.availableAt !== undefined && !draft.isOver) {
    const message = `Experiment "${name}" is running.`
    setCondition(draft, { type, status: 'True', reason: conditionReasons.newReplicaSetAvailable, message })
  }
}
