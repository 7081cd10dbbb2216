import type { RolloutStatus } from '../api/rollout-status.ts'
import type { DeepReadonly } from '../lib/json.ts'

/** Fields that Go leaves out when they are zero, false or empty. */
const omittedWhenEmpty = [
  'abort',
  'controllerPause',
  'promoteFull',
  'replicas',
  'updatedReplicas',
  'readyReplicas',
  'availableReplicas',
  'HPAReplicas',
  'currentPodHash',
  'currentStepHash',
  'observedGeneration',
  'workloadObservedGeneration',
  'selector',
  'stableRS',
  'phase',
  'message',
] as const

const isEmpty = (value: unknown): boolean => value === undefined || value === 0 || value === false || value === ''

/**
 * A status as the published controller writes it: no zero values, and always an object for either strategy. Two statuses
 * that mean the same are equal in this form, so that nothing is written that would change nothing.
 */
export const normalStatus = (status: DeepReadonly<RolloutStatus>): DeepReadonly<RolloutStatus> => {
  const omitted = new Set<string>(omittedWhenEmpty.filter((field) => isEmpty(status[field])))
  if ((status.pauseConditions?.length ?? 0) === 0) omitted.add('pauseConditions')
  if ((status.conditions?.length ?? 0) === 0) omitted.add('conditions')
  const rest = Object.entries(status).filter(([field]) => !omitted.has(field))
  return { canary: {}, blueGreen: {}, ...Object.fromEntries(rest) }
}
