import { revisionAnnotation } from '../../api/labels.ts'
import type { Cluster } from '../world/cluster.ts'
import type { ScenarioCondition } from './schema.ts'

/** Whether a Rollout is in the state that a scenario waits for. A status of an earlier generation does not count. */
export const holds = (condition: ScenarioCondition, cluster: Cluster, namespace: string): boolean => {
  const rollout = cluster.get('Rollout', { namespace: condition.namespace ?? namespace, name: condition.rollout })
  if (rollout?.status === undefined) return false
  const { status, metadata } = rollout
  if (status.observedGeneration !== String(metadata.generation)) return false
  return (
    (condition.phase === undefined || condition.phase === status.phase) &&
    (condition.step === undefined || condition.step === status.currentStepIndex) &&
    (condition.weight === undefined || condition.weight === status.canary?.weights?.canary.weight) &&
    (condition.revision === undefined || String(condition.revision) === metadata.annotations?.[revisionAnnotation])
  )
}
