import { replicasOf } from '../../api/defaults.ts'
import type { Rollout } from '../../api/rollout.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { replicaSetWith } from './capacity.ts'
import { beforeAs, type Invariant, type JudgedWrite, writtenAs } from './invariant.ts'

const isKept = ({ change }: JudgedWrite, counted: number): boolean =>
  beforeAs<Rollout>('Rollout', change)?.status?.HPAReplicas === counted

/** The hash whose pods an autoscaler counts; undefined while nothing serves yet. */
const countedHash = ({ spec, status }: DeepReadonly<Rollout>): string | undefined =>
  spec.strategy?.blueGreen === undefined ? (status?.stableRS ?? '') : status?.blueGreen?.activeSelector

const check = (write: JudgedWrite): readonly string[] => {
  const rollout = writtenAs<Rollout>('Rollout', write.change)
  const counted = rollout?.status?.HPAReplicas
  const hash = rollout && countedHash(rollout)
  if (rollout === undefined || counted === undefined || hash === undefined) return []
  // What another controller counted stays until there is a status to write.
  if (write.change.subresource !== 'status' && isKept(write, counted)) return []
  const name = rollout.metadata.name
  const stable = replicaSetWith(write.cluster, rollout, hash)
  // While the counted ReplicaSet is being scaled, its pods are beyond or below spec.replicas for a moment.
  const before = beforeAs<Rollout>('Rollout', write.change)?.status?.HPAReplicas ?? 0
  const most = Math.max(replicasOf(rollout), stable?.status?.replicas ?? 0, before)
  if (counted > most)
    return [`${name} reports ${counted} HPAReplicas, more than the ${most} that a new version may not change`]
  const isFull = stable?.spec.replicas === replicasOf(rollout) && stable.status?.replicas === replicasOf(rollout)
  const isSteady = counted === replicasOf(rollout) || counted === before
  const { canary } = rollout.spec.strategy ?? {}
  if ((canary !== undefined && canary.trafficRouting === undefined) || !isFull || isSteady) return []
  return [`${name} reports ${counted} HPAReplicas although the ReplicaSet that serves has ${replicasOf(rollout)} pods`]
}

/** I7. */
export const steadyHpaReplicas: Invariant = {
  id: 'I7',
  promise: 'status.HPAReplicas does not move because a new version runs',
  check,
}
