import type { JsonObject } from '../../../lib/json.ts'
import { isJsonObject, listOr, objectOr, stringOr } from '../../../lib/json-value.ts'
import type { ReadonlyObject } from '../../api-server/objects/stored-object.ts'

/** What the table of pods says of one. */
export interface PodStatus {
  /** Ready containers of all, such as `1/2`. */
  readonly ready: string
  /** The phase, or what keeps the pod from running. */
  readonly reason: string
  readonly restarts: number
  readonly lastRestart: string | undefined
}

const stateReason = (status: JsonObject): string | undefined => {
  const { waiting, terminated } = objectOr(status.state)
  if (isJsonObject(waiting)) return stringOr(waiting.reason)
  if (!isJsonObject(terminated)) return undefined
  return stringOr(terminated.reason) ?? `ExitCode:${terminated.exitCode ?? 0}`
}

/** Of several containers the first that is not simply running says why. */
const reasonOf = (pod: ReadonlyObject, containers: readonly JsonObject[]): string => {
  if (pod.metadata.deletionTimestamp !== undefined) return 'Terminating'
  const { phase, reason } = objectOr(pod.status)
  const stuck = containers.map(stateReason).find((one) => one !== undefined && one !== '')
  return stuck ?? stringOr(reason) ?? stringOr(phase) ?? 'Unknown'
}

/** Reads a pod as `kubectl get pods` does (`printPod` of Kubernetes). */
export const podStatus = (pod: ReadonlyObject): PodStatus => {
  const statuses = listOr(objectOr(pod.status).containerStatuses).map(objectOr)
  const containers = listOr(objectOr(pod.spec).containers).length
  const restarts = statuses.reduce((sum, one) => sum + Number(one.restartCount ?? 0), 0)
  const finished = statuses.map((one) => stringOr(objectOr(objectOr(one.lastState).terminated).finishedAt) ?? '')
  const lastRestart = restarts > 0 ? finished.sort().at(-1) : undefined
  return {
    ready: `${statuses.filter((one) => one.ready === true).length}/${containers}`,
    reason: reasonOf(pod, statuses),
    restarts,
    lastRestart: lastRestart === '' ? undefined : lastRestart,
  }
}
