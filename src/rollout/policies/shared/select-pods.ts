import type { Draft } from '../../draft.ts'
import { switchService } from '../../events.ts'
import type { WorkingReplicaSet } from '../../working-replica-set.ts'

/**
 * Points a Service at the pods of a ReplicaSet once there are some: any for a Service that a Rollout manages already, all
 * of them for one that is taken over, which has selected whatever was there. `regardless` skips that: after an abort the
 * stable pods are the best there is.
 */
export const selectPods = (
  draft: Draft,
  service: string | undefined,
  set: WorkingReplicaSet | undefined,
  regardless = false,
): void => {
  if (service === undefined || service === '' || set === undefined || !draft.services.has(service)) return
  const ready = draft.services.isManaged(service) ? set.available > 0 : set.isFullyAvailable
  if (!ready && !regardless) return
  const from = draft.services.select(service, set.hash)
  if (from !== undefined) draft.announce(switchService(service, from, set.hash), draft.services.keyOf(service))
}
