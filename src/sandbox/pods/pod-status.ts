import type { Condition } from '../../api/kubernetes/condition.ts'
import type { ContainerStatus, Pod, PodStatus } from '../../api/kubernetes/pod.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import type { PodState } from './behavior.ts'

/** Finds a condition by its type. */
export const conditionOf = (
  status: DeepReadonly<{ conditions?: Condition[] }> | undefined,
  type: string,
): DeepReadonly<Condition> | undefined => status?.conditions?.find((condition) => condition.type === type)

/** Whether a pod serves: its Ready condition is True and it is not being deleted. */
export const isReady = (pod: DeepReadonly<Pod>): boolean =>
  pod.metadata.deletionTimestamp === undefined && conditionOf(pod.status, 'Ready')?.status === 'True'

/** Time in milliseconds since the epoch from which a pod has been ready; undefined while it is not. */
export const readySinceMs = (pod: DeepReadonly<Pod>): number | undefined => {
  const since = isReady(pod) ? conditionOf(pod.status, 'Ready')?.lastTransitionTime : undefined
  return since === undefined ? undefined : Date.parse(since)
}

/** Kubernetes' own time format: seconds, UTC. */
export const timestampOf = (timeMs: number): string => `${new Date(timeMs).toISOString().slice(0, 19)}Z`

const condition = (before: DeepReadonly<Pod>, type: string, holds: boolean, nowText: string): Condition => {
  const status = holds ? 'True' : 'False'
  const old = conditionOf(before.status, type)
  const lastTransitionTime = old?.status === status ? (old.lastTransitionTime ?? nowText) : nowText
  return { type, status, lastTransitionTime }
}

const stateOf = (state: PodState, startedAt: string): NonNullable<ContainerStatus['state']> => {
  if (state.waiting !== undefined) return { waiting: state.waiting }
  if (state.exitCode === undefined) return { running: { startedAt } }
  return { terminated: { exitCode: state.exitCode, reason: state.exitCode === 0 ? 'Completed' : 'Error' } }
}

const failureMessage = (state: PodState): Partial<PodStatus> =>
  state.scheduled ? {} : { reason: 'Unschedulable', message: '0/1 nodes are available: 1 Insufficient cpu.' }

/** The status that a kubelet would report for a pod in this state. Times of conditions that did not change are kept. */
export const podStatusOf = (pod: DeepReadonly<Pod>, state: PodState, nowMs: number): PodStatus => {
  const now = timestampOf(nowMs)
  const startTime = pod.status?.startTime ?? (state.scheduled ? now : undefined)
  const containerStatuses = pod.spec.containers.map((container): ContainerStatus => {
    const image = container.image === undefined ? {} : { image: container.image }
    return {
      name: container.name,
      ready: state.ready,
      restartCount: state.restarts,
      ...image,
      state: stateOf(state, startTime ?? now),
    }
  })
  return {
    phase: state.phase,
    ...failureMessage(state),
    ...(startTime === undefined ? {} : { startTime }),
    conditions: [
      condition(pod, 'PodScheduled', state.scheduled, now),
      condition(pod, 'Initialized', state.scheduled, now),
      condition(pod, 'ContainersReady', state.ready, now),
      condition(pod, 'Ready', state.ready, now),
    ],
    ...(state.scheduled ? { containerStatuses, podIP: pod.status?.podIP ?? addressOf(pod.metadata.uid) } : {}),
  }
}

/** An address in 10.0.0.0/8 that depends on the pod only. */
const addressOf = (uid: string): string => {
  let hash = 0
  for (const character of uid) hash = (Math.imul(hash, 31) + character.charCodeAt(0)) >>> 0
  return `10.${(hash >>> 16) & 255}.${(hash >>> 8) & 255}.${1 + ((hash & 255) % 254)}`
}
