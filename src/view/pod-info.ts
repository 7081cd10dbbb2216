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

const endReason = ({ exitCode, signal, reason }: NonNullable<NonNullable<Status['state']>['terminated']>): string => {
  if (reason) return reason
  return signal ? `Signal:${signal}` : `ExitCode:${exitCode}`
}

const stuckReason = ({ state }: Status): string | undefined =>
  state?.waiting?.reason || (state?.terminated && endReason(state.terminated))

const isSidecar = ({ spec }: P, { name }: Status): boolean =>
  (spec.initContainers ?? []).find((one) => one.name === name)?.restartPolicy === 'Always'

const restartsOf = (statuses: readonly Status[] = []): number =>
  statuses.reduce((sum, { restartCount }) => sum + restartCount, 0)

/** A sidecar that has not ended: it has started, and may not be ready yet. */
const isStartedSidecar = (pod: P, status: Status): boolean =>
  isSidecar(pod, status) && status.started === true && status.state?.terminated === undefined

/** The first init container that has not ended well; one that is a sidecar has done its part once it is ready. */
const pendingInit = (pod: P): number =>
  (pod.status?.initContainerStatuses ?? []).findIndex((status) => {
    if (status.state?.terminated?.exitCode === 0) return false
    return !(isStartedSidecar(pod, status) && status.ready)
  })

/** What an init container says of its pod. */
interface Beginning {
  readonly reason: string
  readonly restarts: number
}

/** Restarts up to the init container that the pod waits for. Nothing while that is a sidecar that runs. */
const initializing = (pod: P): Beginning | undefined => {
  const statuses = pod.status?.initContainerStatuses ?? []
  const index = pendingInit(pod)
  const status = statuses[index]
  if (status === undefined || isStartedSidecar(pod, status)) return undefined
  const reason = stuckReason(status)
  const count = `${index}/${pod.spec.initContainers?.length ?? 0}`
  return {
    reason: `Init:${reason === undefined || reason === 'PodInitializing' ? count : reason}`,
    restarts: restartsOf(statuses.slice(0, index + 1)),
  }
}

const isRunning = ({ ready, state }: Status): boolean => ready && state?.running !== undefined

/** One container may have ended while another runs: then the pod runs. */
const runningReason = ({ status }: P): string => {
  const statuses = status?.containerStatuses ?? []
  const reason = statuses.map(stuckReason).find((one) => one !== undefined) ?? (status?.reason || status?.phase) ?? ''
  return reason === 'Completed' && statuses.some(isRunning) ? 'Running' : reason
}

/** The status of a pod as the published plugin and, but for rare cases, `kubectl get pods` have it (Kubernetes, `printPod`). */
const statusOf = (pod: P): string => {
  if (pod.metadata.deletionTimestamp !== undefined) return pod.status?.reason === 'NodeLost' ? 'Unknown' : 'Terminating'
  return initializing(pod)?.reason ?? runningReason(pod)
}

/** Reads a pod for the tree. `now` in milliseconds since the epoch. */
export const podInfo = (pod: P, now: number): PodInfo => {
  const { containerStatuses } = pod.status ?? {}
  const beginning = initializing(pod)
  return {
    name: pod.metadata.name,
    status: statusOf(pod),
    ageMs: ageMs(pod, now),
    ready: beginning ? 0 : (containerStatuses ?? []).filter(isRunning).length,
    containers: pod.spec.containers.length,
    restarts: beginning?.restarts ?? restartsOf(containerStatuses),
  }
}
