import type { Condition } from '../../api/kubernetes/condition.ts'
import type { Pod } from '../../api/kubernetes/pod.ts'
import type { Job } from '../../api/kubernetes/workloads.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { conditionOf, isReady, timestampOf } from '../pods/pod-status.ts'

/** What the Job controller wants done, decided from what it sees. */
export interface JobPlan {
  readonly create: number
  readonly remove: readonly DeepReadonly<Pod>[]
  readonly status: NonNullable<Job['status']>
  /** Its time to live after finishing has passed. */
  readonly expired: boolean
  /** Time in milliseconds since the epoch at which to look again even if nothing changes. */
  readonly wakeAtMs?: number
}

/** Kubernetes retries a failed pod after 10 s, doubling to 6 min ("Pod backoff failure policy"). */
const firstBackOffMs = 10_000
const longestBackOffMs = 360_000

interface JobView {
  readonly job: DeepReadonly<Job>
  readonly active: readonly DeepReadonly<Pod>[]
  readonly succeeded: number
  readonly failed: number
  readonly startMs: number
  readonly nowMs: number
}

interface Verdict {
  readonly type: 'Complete' | 'Failed'
  readonly reason: string
  readonly message: string
}

const isFinished = (job: DeepReadonly<Job>): boolean =>
  ['Complete', 'Failed'].some((type) => conditionOf(job.status, type)?.status === 'True')

const deadlineMsOf = ({ job, startMs }: JobView): number =>
  startMs + (job.spec.activeDeadlineSeconds ?? Number.POSITIVE_INFINITY) * 1000

const verdictOf = (view: JobView): Verdict | undefined => {
  const { spec } = view.job
  if (view.succeeded >= (spec.completions ?? 1)) {
    return { type: 'Complete', reason: 'CompletionsReached', message: 'Reached expected number of succeeded pods' }
  }
  if (view.failed > (spec.backoffLimit ?? 6)) {
    const message = 'Job has reached the specified backoff limit'
    return { type: 'Failed', reason: 'BackoffLimitExceeded', message }
  }
  if (view.nowMs < deadlineMsOf(view)) return undefined
  return { type: 'Failed', reason: 'DeadlineExceeded', message: 'Job was active longer than specified deadline' }
}

const finishedConditions = (verdict: Verdict, nowText: string): Condition[] => {
  const { type, reason, message } = verdict
  const early = type === 'Complete' ? 'SuccessCriteriaMet' : 'FailureTarget'
  return [early, type].map((name) => ({ type: name, status: 'True', reason, message, lastTransitionTime: nowText }))
}

const retryAtMs = (view: JobView, lastEndMs: number): number =>
  view.failed === 0 ? 0 : lastEndMs + Math.min(firstBackOffMs * 2 ** (view.failed - 1), longestBackOffMs)

const statusOf = (view: JobView, verdict: Verdict | undefined): NonNullable<Job['status']> => {
  const now = timestampOf(view.nowMs)
  const ready = view.active.filter(isReady).length
  return {
    startTime: timestampOf(view.startMs),
    ...(verdict === undefined && view.active.length > 0 ? { active: view.active.length } : {}),
    ready: verdict === undefined ? ready : 0,
    ...(view.succeeded === 0 ? {} : { succeeded: view.succeeded }),
    ...(view.failed === 0 ? {} : { failed: view.failed }),
    ...(verdict?.type === 'Complete' ? { completionTime: now } : {}),
    ...(verdict === undefined ? {} : { conditions: finishedConditions(verdict, now) }),
  }
}

const planFinished = (job: DeepReadonly<Job>, nowMs: number): JobPlan => {
  const endText = job.status?.conditions?.at(-1)?.lastTransitionTime
  const ttlSeconds = job.spec.ttlSecondsAfterFinished
  const status = structuredClone(job.status ?? {}) as NonNullable<Job['status']>
  const nothing = { create: 0, remove: [], status, expired: false }
  if (ttlSeconds === undefined || endText === undefined) return nothing
  const expiresAtMs = Date.parse(endText) + ttlSeconds * 1000
  return expiresAtMs <= nowMs ? { ...nothing, expired: true } : { ...nothing, wakeAtMs: expiresAtMs }
}

/** When a pod ended, as far as its status tells. */
const endMsOf = (pod: DeepReadonly<Pod>): number =>
  Date.parse(conditionOf(pod.status, 'ContainersReady')?.lastTransitionTime ?? pod.metadata.creationTimestamp)

/**
 * One pass of the Job controller: `completions` pods that succeed one after the other (`parallelism` at a time), failed
 * ones replaced until `backoffLimit`, everything ended at `activeDeadlineSeconds`.
 *
 * @param pods the pods that it controls, ended ones included.
 */
export const planJob = (job: DeepReadonly<Job>, pods: readonly DeepReadonly<Pod>[], nowMs: number): JobPlan => {
  if (isFinished(job)) return planFinished(job, nowMs)
  const ended = pods.filter((pod) => pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded')
  const succeeded = ended.filter((pod) => pod.status?.phase === 'Succeeded').length
  const startMs = job.status?.startTime === undefined ? nowMs : Date.parse(job.status.startTime)
  const active = pods.filter((pod) => !ended.includes(pod) && pod.metadata.deletionTimestamp === undefined)
  const view: JobView = { job, active, succeeded, failed: ended.length - succeeded, startMs, nowMs }
  const verdict = verdictOf(view)
  const status = statusOf(view, verdict)
  if (verdict !== undefined) return { create: 0, remove: active, status, expired: false, ...wakeForTtl(job, nowMs) }
  return { remove: [], status, expired: false, ...planPods(view, Math.max(0, ...ended.map(endMsOf))) }
}

const wakeForTtl = (job: DeepReadonly<Job>, nowMs: number): { wakeAtMs?: number } =>
  job.spec.ttlSecondsAfterFinished === undefined ? {} : { wakeAtMs: nowMs + job.spec.ttlSecondsAfterFinished * 1000 }

const planPods = (view: JobView, lastEndMs: number): { create: number; wakeAtMs?: number } => {
  const { spec } = view.job
  const missing = Math.min(spec.parallelism ?? 1, (spec.completions ?? 1) - view.succeeded) - view.active.length
  const retryMs = retryAtMs(view, lastEndMs)
  const waits = missing > 0 && retryMs > view.nowMs
  const wakeAtMs = Math.min(deadlineMsOf(view), waits ? retryMs : Number.POSITIVE_INFINITY)
  const create = waits || spec.suspend === true ? 0 : Math.max(0, missing)
  return { create, ...(Number.isFinite(wakeAtMs) ? { wakeAtMs } : {}) }
}
