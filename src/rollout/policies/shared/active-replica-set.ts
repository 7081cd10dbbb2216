import { desiredReplicasAnnotation } from '../../../api/labels.ts'
import type { Draft } from '../../draft.ts'
import { replicasWanted } from '../../math/release.ts'
import type { WorkingReplicaSet } from '../../working-replica-set.ts'

/** The hash that the active Service of blue/green selects once the plan is done; empty while it selects any pod. */
export const activeHash = ({ snapshot, services }: Draft): string =>
  services.selected(snapshot.rollout.spec.strategy?.blueGreen?.activeService ?? '')

/** The ReplicaSet that serves behind the active Service. */
export const activeReplicaSet = (draft: Draft): WorkingReplicaSet | undefined => {
  const hash = activeHash(draft)
  return hash === '' ? undefined : draft.sets.find((set) => set.hash === hash)
}

/** Whether a ReplicaSet has all the pods that spec.replicas asks for, and they are available. */
export const isSaturated = (draft: Draft, set: WorkingReplicaSet): boolean => {
  const replicas = replicasWanted(draft.release)
  const isSized = set.desired === replicas && set.annotation(desiredReplicasAnnotation) === String(replicas)
  return isSized && set.available >= replicas
}
