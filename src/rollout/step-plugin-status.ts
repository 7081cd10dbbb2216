import type { StepPluginStatus } from '../api/canary-status.ts'
import type { StepPluginOperation, StepPluginPhase } from '../api/phases.ts'
import { durationMs, formatDuration } from '../lib/duration.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { fromRfc3339, toRfc3339 } from '../lib/rfc3339.ts'
import { shortMessage } from '../plugins/contract/common.ts'
import type { StepAnswer } from '../plugins/contract/step.ts'

/** What was answered, or why there is no answer. */
export type StepReply = { readonly answer: DeepReadonly<StepAnswer> } | { readonly error: string }

/** How long a failed call waits for the next one, and a running step without another wish: as published. */
const defaultBackoffSeconds = 30
/** Shorter wishes of a plugin are not heard: as published. */
const shortestBackoffSeconds = 10
/** How often an end that could not be told to the plugin is tried. The published controller gives up after the first time. */
const endTries = 5

const backoff = (seconds: number): string => formatDuration(BigInt(Math.round(seconds * 1e9)))

const isFinal = (phase: string | undefined): boolean => phase === 'Successful' || phase === 'Failed'

/** Finds what was noted about an operation on a step. */
export const statusOf = (
  statuses: readonly DeepReadonly<StepPluginStatus>[] | undefined,
  index: number,
  operation: StepPluginOperation,
): DeepReadonly<StepPluginStatus> | undefined =>
  statuses?.find((status) => status.index === index && status.operation === operation)

/** A step that is about to run for the first time. It is noted before, so that an abort finds it whatever happens. */
export const begunRun = (index: number, name: string, now: number): StepPluginStatus => ({
  index,
  name,
  operation: 'Run',
  phase: 'Running',
  startedAt: toRfc3339(now),
})

/** A step whose plugin is switched off. */
export const disabledRun = (index: number, name: string): StepPluginStatus => ({
  index,
  name,
  operation: 'Run',
  phase: 'Successful',
  disabled: true,
})

const failedCall = (
  before: DeepReadonly<StepPluginStatus>,
  message: string,
  now: number,
): DeepReadonly<StepPluginStatus> => ({
  ...before,
  phase: 'Error',
  message: shortMessage(message),
  backoff: backoff(defaultBackoffSeconds),
  executions: (before.executions ?? 0) + 1,
  updatedAt: toRfc3339(now),
})

/** A run after a reply. After an error the plugin's own state stays as it was: the next call goes on from there. */
export const afterRun = (
  before: DeepReadonly<StepPluginStatus>,
  reply: StepReply,
  now: number,
): DeepReadonly<StepPluginStatus> => {
  if ('error' in reply) return failedCall(before, reply.error, now)
  const { message = '', requeueAfterSeconds = 0, status } = reply.answer
  const phase: StepPluginPhase = reply.answer.phase ?? 'Running'
  if (phase === 'Error') return failedCall(before, message, now)
  const { backoff: _, message: __, status: ___, ...kept } = before
  const wait = requeueAfterSeconds > shortestBackoffSeconds ? requeueAfterSeconds : defaultBackoffSeconds
  return {
    ...kept,
    phase,
    executions: (before.executions ?? 0) + 1,
    updatedAt: toRfc3339(now),
    ...(message !== '' && { message: shortMessage(message) }),
    ...(phase === 'Running' && { backoff: backoff(wait) }),
    ...(isFinal(phase) && { finishedAt: toRfc3339(now) }),
    ...(status !== undefined && { status }),
  }
}

/** The end of a run after a reply. It is final: a plugin cannot end a step beside the loop. */
export const afterEnd = (
  run: DeepReadonly<StepPluginStatus>,
  operation: 'Terminate' | 'Abort',
  before: DeepReadonly<StepPluginStatus> | undefined,
  reply: StepReply,
  now: number,
): DeepReadonly<StepPluginStatus> => {
  const { index, name } = run
  const begun = before ?? { index, name, operation, startedAt: toRfc3339(now) }
  if ('error' in reply) {
    const failed = failedCall(begun, reply.error, now)
    return isGivenUp(failed) ? { ...failed, finishedAt: toRfc3339(now) } : failed
  }
  const { phase = 'Successful', message = '' } = reply.answer
  const { backoff: _, message: __, ...kept } = begun
  return {
    ...kept,
    phase: phase === 'Running' ? 'Failed' : phase,
    ...(message !== '' && { message: shortMessage(message) }),
    finishedAt: toRfc3339(now),
  }
}

const isGivenUp = ({ executions = 0 }: DeepReadonly<StepPluginStatus>): boolean => executions >= endTries

/** Whether nothing more comes of an end: it was answered, or tried often enough. */
export const isEnded = (end: DeepReadonly<StepPluginStatus> | undefined): boolean => end?.finishedAt !== undefined

/** Times in the status are cut to whole seconds: a wait is never shorter for it. */
const cutMs = 1000

/** When an operation may be called again, in milliseconds since the epoch. */
export const dueAt = ({ updatedAt, backoff: wait }: DeepReadonly<StepPluginStatus>): number => {
  const from = fromRfc3339(updatedAt ?? '')
  if (from === undefined || wait === undefined) return 0
  try {
    return from + cutMs + durationMs(wait)
  } catch {
    // Somebody else wrote it, and what they meant is unknown.
    return from + cutMs + defaultBackoffSeconds * 1000
  }
}

/**
 * Whether a plugin step lets the release go on: it succeeded, it is switched off, or it runs and was ended. A failed one
 * aborts the release instead.
 */
export const isStepPassed = (
  statuses: readonly DeepReadonly<StepPluginStatus>[] | undefined,
  index: number,
): boolean => {
  const run = statusOf(statuses, index, 'Run')
  if (run?.phase === 'Successful') return true
  const isOver = (operation: StepPluginOperation): boolean => statusOf(statuses, index, operation) !== undefined
  return run?.phase === 'Running' && (isOver('Terminate') || isOver('Abort'))
}
