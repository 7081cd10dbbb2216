import type { ContainerStatus, Pod } from '../api/kubernetes/pod.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { ageMs } from './ownership.ts'

/** What a tree shows of a pod. */
export interface PodInfo {
  readonly name: string
  /** What kubectl shows as its status: the phase, or what keeps it from running. */
  readonly status: string
  readonly ageMs: number
  readonly ready: number
  readonly containers: number
  readonly restarts: number
}

type P = DeepReadonly<Pod>
type Status = DeepReadonly<ContainerStatus>

const stuckReason = ({ state }: Status): string | undefined => {
  if (state?.waiting?.reason) return state.waiting.reason
  if (!state?.terminated) return undefined
  return state.terminated.reason || `ExitCode:${state.terminated.exitCode}`
}

const initReason = (status: Status, index: number, count: number): string => {
  const reason = stuckReason(status)
  return reason === undefined || reason === 'PodInitializing' ? `Init:${index}/${count}` : `Init:${reason}`
}

/** The first init container that has not ended well says where the pod stands. */
const initializing = ({ spec, status }: P): string | undefined => {
  const statuses = status?.initContainerStatuses ?? []
  const index = statuses.findIndex(({ state }) => state?.terminated?.exitCode !== 0 && !isRunningSidecar(state))
  const pending = statuses[index]
  return pending && initReason(pending, index, spec.initContainers?.length ?? 0)
}

/** An init container that runs while the pod does is a sidecar: kubectl passes over it once it has started. */
const isRunningSidecar = (state: Status['state']): boolean => state?.running !== undefined

const hasReadyCondition = ({ status }: P): boolean =>
  (status?.conditions ?? []).some((condition) => condition.type === 'Ready' && condition.status === 'True')

/** One container may have ended while another runs: then the pod runs. */
const whileOthersRun = (pod: P, statuses: readonly Status[]): string | undefined => {
  if (!statuses.some(({ ready, state }) => ready && state?.running)) return undefined
  return hasReadyCondition(pod) ? 'Running' : 'NotReady'
}

/**
 * The status of a pod as `kubectl get pods` has it (Kubernetes, `printPod`). A sidecar that is still starting cannot be told
 * from an ordinary init container here.
 */
const statusOf = (pod: P): string => {
  const { metadata, status } = pod
  if (metadata.deletionTimestamp !== undefined) return status?.reason === 'NodeLost' ? 'Unknown' : 'Terminating'
  const init = initializing(pod)
  if (init !== undefined && status?.phase === 'Pending') return init
  const statuses = status?.containerStatuses ?? []
  const reason = statuses.map(stuckReason).find((one) => one !== undefined) ?? status?.reason ?? status?.phase
  if (reason === 'Completed') return whileOthersRun(pod, statuses) ?? reason
  return reason ?? 'Unknown'
}

/** Reads a pod for the tree. `now` in milliseconds since the epoch. */
export const podInfo = (pod: P, now: number): PodInfo => {
  const statuses = pod.status?.containerStatuses ?? []
  return {
    name: pod.metadata.name,
    status: statusOf(pod),
    ageMs: ageMs(pod, now),
    ready: statuses.filter(({ ready, state }) => ready && state?.running !== undefined).length,
    containers: pod.spec.containers.length,
    restarts: statuses.reduce((sum, { restartCount }) => sum + restartCount, 0),
  }
}
