import type { DeepReadonly, JsonObject } from '../lib/json.ts'
import { toRfc3339 } from '../lib/rfc3339.ts'
import type { Rollout } from './rollout.ts'

type R = DeepReadonly<Rollout>

/** A merge patch of a Rollout, or of its status. */
export interface CommandPatch {
  readonly subresource?: 'status'
  readonly patch: JsonObject
}

/** How far `promote` goes: past the current step or pause, past the current step whatever it is, past all, or at once. */
export type Promotion = 'next' | 'skipCurrentStep' | 'skipAllSteps' | 'full'

const status = (members: JsonObject): CommandPatch => ({ subresource: 'status', patch: { status: members } })

const stepCount = ({ spec }: R): number => spec.strategy?.canary?.steps?.length ?? 0

const stepIndex = (rollout: R): number => rollout.status?.currentStepIndex ?? 0

const isWaiting = ({ status: current }: R): boolean => (current?.pauseConditions ?? []).length > 0

const isInconclusiveStep = (rollout: R): boolean =>
  rollout.status?.canary?.currentStepAnalysisRunStatus?.status === 'Inconclusive' &&
  isWaiting(rollout) &&
  rollout.status.controllerPause === true

/** Past the current step; nothing where there are no steps. */
const nextStep = (rollout: R): JsonObject | undefined => {
  const count = stepCount(rollout)
  return count === 0 ? undefined : { currentStepIndex: Math.min(stepIndex(rollout) + 1, count) }
}

/** Ends a pause, or a step that is being worked on: one of the two, never both. */
const goOn = (rollout: R): readonly CommandPatch[] => {
  const next = nextStep(rollout)
  if (isInconclusiveStep(rollout)) {
    return next === undefined ? [] : [status({ pauseConditions: null, controllerPause: false, ...next })]
  }
  if (isWaiting(rollout)) return [status({ pauseConditions: null })]
  return next === undefined ? [] : [status({ pauseConditions: null, ...next })]
}

const skipOne = (rollout: R): readonly CommandPatch[] => {
  const next = nextStep(rollout)
  return next === undefined ? [] : [status(next)]
}

/** Nothing is left to skip where the stable version is the wanted one. */
const skipAll = ({ status: current }: R): readonly CommandPatch[] =>
  current?.currentPodHash === current?.stableRS ? [] : [status({ promoteFull: true })]

const unpause = ({ spec }: R): readonly CommandPatch[] =>
  spec.paused === true ? [{ patch: { spec: { paused: false } } }] : []

/**
 * What `promote` writes, in this order. The same patches as the published plugin sends, since controllers of both kinds
 * read them.
 */
export const promotePatches = (rollout: R, promotion: Promotion): readonly CommandPatch[] => {
  switch (promotion) {
    case 'full':
      return [...skipAll(rollout), ...unpause(rollout)]
    case 'skipCurrentStep':
      return skipOne(rollout)
    case 'skipAllSteps':
      return [status({ currentStepIndex: stepCount(rollout) })]
    case 'next':
      return [...goOn(rollout), ...unpause(rollout)]
  }
}

/** What `abort` writes. */
export const abortPatch: CommandPatch = status({ abort: true })

/** What `retry rollout` writes. */
export const retryPatch: CommandPatch = status({ abort: false })

/** What `pause` writes. */
export const pausePatch: CommandPatch = { patch: { spec: { paused: true } } }

/** What `restart` writes: pods older than this instant, in milliseconds since the epoch, are replaced once it has come. */
export const restartPatch = (atMs: number): CommandPatch => ({ patch: { spec: { restartAt: toRfc3339(atMs) } } })
