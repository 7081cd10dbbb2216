import type { RolloutStatus } from '../api/rollout-status.ts'
import type { DeepReadonly } from '../lib/json.ts'

/** Fields that Go leaves out when they are zero, false or empty. */
const omittedWhenEmpty: ReadonlySet<string> = new Set([
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
  'pauseConditions',
  'conditions',
])

const isEmpty = (value: unknown): boolean =>
  value === undefined || value === 0 || value === false || value === '' || (Array.isArray(value) && value.length === 0)

/**
 * A status as the published controller writes it: no zero values, and always an object for either strategy. Two statuses
 * that mean the same are equal in this form, so that nothing is written that would change nothing.
 */
export const normalStatus = (status: DeepReadonly<RolloutStatus>): DeepReadonly<RolloutStatus> => {
  const normal: Record<string, unknown> = { canary: {}, blueGreen: {} }
  for (const [field, value] of Object.entries(status)) {
    if (!omittedWhenEmpty.has(field) || !isEmpty(value)) normal[field] = value
  }
  return normal
}
