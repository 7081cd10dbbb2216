import type { StepPluginStatus } from '../../../api/canary-status.ts'
import type { StepPluginOperation } from '../../../api/phases.ts'
import type { DeepReadonly } from '../../../lib/json.ts'
import { equalJson } from '../../../lib/json-value.ts'
import type { Draft } from '../../draft.ts'
import { stepPluginTransition } from '../../events.ts'
import { currentStep, isFullyPromoted, stepIndexOf, stepsOf } from '../../math/release.ts'
import { type StepCall, stepCall } from '../../step-call.ts'
import {
  afterEnd,
  afterRun,
  begunRun,
  disabledRun,
  dueAt,
  isEnded,
  isStepPassed,
  statusOf,
} from '../../step-plugin-status.ts'

type Status = DeepReadonly<StepPluginStatus>

const statusesOf = ({ status }: Draft): readonly Status[] => status.canary?.stepPluginStatuses ?? []

/** Replaces what is noted about an operation, or adds it, and tells of a change of phase. */
const note = (draft: Draft, next: Status): void => {
  const before = statusOf(statusesOf(draft), next.index, next.operation as StepPluginOperation)
  const list =
    before === undefined ? [...statusesOf(draft), next] : statusesOf(draft).map((one) => (one === before ? next : one))
  draft.status.canary = { ...draft.status.canary, stepPluginStatuses: list as StepPluginStatus[] }
  if (before?.phase !== next.phase) {
    const event = stepPluginTransition(next)
    if (event !== undefined) draft.announce(event)
  }
}

/** Calls a plugin, or waits until it may be called; what it replied is noted by `onReply`. */
const follow = (
  draft: Draft,
  call: StepCall,
  due: number,
  onReply: (reply: NonNullable<ReturnType<Draft['stepPlugins']['replyTo']>>) => void,
): void => {
  const reply = draft.stepPlugins.replyTo(call)
  if (reply !== undefined) onReply(reply)
  else if (due > draft.snapshot.now) draft.wake(due)
  else draft.stepPlugins.ask(call)
}

const endRun = (draft: Draft, run: Status, operation: 'Terminate' | 'Abort'): void => {
  const step = stepsOf(draft.release)[run.index]?.plugin
  if (step === undefined) return
  const before = statusOf(statusesOf(draft), run.index, operation)
  const lookup = draft.snapshot.plugins.find('step', step.name)
  const hash = draft.before.currentPodHash ?? ''
  const call = stepCall({ operation, step, run, execution: before?.executions ?? 0, hash, lookup })
  follow(draft, call, before === undefined ? 0 : dueAt(before), (reply) =>
    note(draft, afterEnd(run, operation, before, reply, draft.snapshot.now)),
  )
}

/** A run that did something, or may have: an error tells nothing about what was done before it. */
const hasActed = ({ operation, phase, disabled }: Status): boolean =>
  operation === 'Run' && phase !== 'Failed' && disabled !== true

const isOpen = (draft: Draft, { index }: Status, operation: 'Terminate' | 'Abort'): boolean =>
  !isEnded(statusOf(statusesOf(draft), index, operation))

/** Takes back what the steps did, the last one first, and each after the one before has ended. */
const abortRuns = (draft: Draft): void => {
  const last = statusesOf(draft).findLast((run) => hasActed(run) && isOpen(draft, run, 'Abort'))
  if (last !== undefined) endRun(draft, last, 'Abort')
}

/** A step that runs although the release is past it: somebody promoted. */
const passedRun = (draft: Draft): Status | undefined => {
  const isOver = draft.before.promoteFull === true || isFullyPromoted(draft.release)
  const index = stepIndexOf(draft.release)
  return statusesOf(draft).findLast(
    (run) =>
      hasActed(run) && run.phase !== 'Successful' && (isOver || run.index !== index) && isOpen(draft, run, 'Terminate'),
  )
}

/** Whether the release stands still for a person; what is on its way is noted all the same. */
const isHeld = ({ before, snapshot }: Draft): boolean =>
  snapshot.rollout.spec.paused === true || (before.pauseConditions ?? []).length > 0

/** Whether the status that the server has tells of the run, so that nothing can make it forgotten. */
const isStored = ({ snapshot }: Draft, run: Status): boolean => {
  const stored = statusOf(snapshot.rollout.status?.canary?.stepPluginStatuses, run.index, 'Run')
  return stored !== undefined && equalJson(stored, run)
}

const runCurrent = (draft: Draft): void => {
  const index = stepIndexOf(draft.release)
  const step = currentStep(draft.release)?.plugin
  if (index === undefined || step === undefined || isStepPassed(statusesOf(draft), index)) return
  const { now, plugins } = draft.snapshot
  const lookup = plugins.find('step', step.name)
  const run = statusOf(statusesOf(draft), index, 'Run')
  if (lookup.type === 'disabled') note(draft, disabledRun(index, step.name))
  // What is wrong is told by a condition; the release goes on when the configuration is mended.
  if (lookup.type !== 'usable' || run?.phase === 'Failed') return
  if (run === undefined) {
    if (!isHeld(draft)) note(draft, begunRun(index, step.name, now))
    return
  }
  if (!isStored(draft, run)) {
    // The status is about to be written; what the controller has written itself is no reason for another pass.
    draft.wake(now)
    return
  }
  const execution = run.executions ?? 0
  const call = stepCall({ operation: 'Run', step, run, execution, hash: draft.before.currentPodHash ?? '', lookup })
  if (isHeld(draft) && draft.stepPlugins.replyTo(call) === undefined) return
  follow(draft, call, execution === 0 ? 0 : dueAt(run), (reply) => {
    const next = afterRun(run, reply, now)
    note(draft, next)
    if (next.phase !== 'Failed') return
    const message = `Step Plugin ${index + 1} (${step.name}) failed: ${next.message ?? ''}`
    draft.pauses.abort ??= { message }
  })
}

/** A release that was aborted and is tried again begins with no step done. */
const isRetry = ({ before, isAborted }: Draft): boolean => before.abortedAt !== undefined && !isAborted

/**
 * Runs the plugin of the current step, beside the loop: each pass notes what was replied and asks for what comes next. An
 * abort is told to every plugin that ran, in reverse order; a promotion past a running step ends it.
 */
export const runStepPlugins = (draft: Draft): void => {
  if (isRetry(draft)) delete draft.status.canary?.stepPluginStatuses
  if (draft.stable === undefined) return
  if (draft.isAborted) {
    abortRuns(draft)
    return
  }
  const passed = passedRun(draft)
  if (passed !== undefined) endRun(draft, passed, 'Terminate')
  else if (!isFullyPromoted(draft.release) && draft.before.promoteFull !== true) runCurrent(draft)
}
