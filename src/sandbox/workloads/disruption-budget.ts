import type { LabelSelector } from '../../api/kubernetes/label-selector.ts'
import type { ObjectMeta } from '../../api/kubernetes/object-meta.ts'
import type { IntOrString } from '../../api/scalars.ts'
import type { DeepReadonly } from '../../lib/json.ts'

/** A PodDisruptionBudget (Kubernetes API, `policy/v1`): the fields that count. */
export type DisruptionBudget = {
  apiVersion: 'policy/v1'
  kind: 'PodDisruptionBudget'
  metadata: ObjectMeta
  spec: { selector?: LabelSelector; minAvailable?: IntOrString; maxUnavailable?: IntOrString }
  status?: DisruptionBudgetStatus
}

/** What the disruption controller reports. */
export type DisruptionBudgetStatus = {
  observedGeneration: number
  disruptionsAllowed: number
  currentHealthy: number
  desiredHealthy: number
  expectedPods: number
}

/** Kubernetes rounds both percentages up ("Specifying a Disruption Budget for your Application"). */
const resolve = (value: IntOrString, total: number): number =>
  typeof value === 'number' ? value : Math.ceil((Number.parseFloat(value) / 100) * total)

const desiredHealthyOf = ({ spec }: DeepReadonly<DisruptionBudget>, expected: number): number => {
  if (spec.minAvailable !== undefined) return resolve(spec.minAvailable, expected)
  if (spec.maxUnavailable !== undefined) return Math.max(0, expected - resolve(spec.maxUnavailable, expected))
  return expected
}

/**
 * The status of a budget: how many of its pods may be evicted now.
 *
 * @param pods how many pods it selects, and how many of them are ready.
 */
export const disruptionBudgetStatus = (
  budget: DeepReadonly<DisruptionBudget>,
  pods: { readonly expected: number; readonly healthy: number },
): DisruptionBudgetStatus => {
  const desiredHealthy = desiredHealthyOf(budget, pods.expected)
  return {
    observedGeneration: budget.metadata.generation ?? 0,
    disruptionsAllowed: Math.max(0, pods.healthy - desiredHealthy),
    currentHealthy: pods.healthy,
    desiredHealthy,
    expectedPods: pods.expected,
  }
}
