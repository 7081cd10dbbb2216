import { pauseReasons } from '../../../api/phases.ts'
import type { CanaryStep, PauseStep } from '../../../api/steps.ts'
import type { DeepReadonly } from '../../../lib/json.ts'
import type { Draft } from '../../draft.ts'
import { rolloutStepCompleted, stepLabel } from '../../events.ts'
import { atDesiredCounts } from '../../math/progress.ts'
import { currentStep, stepIndexOf, stepsOf } from '../../math/release.ts'
import { isStepPassed } from '../../step-plugin-status.ts'
import { areRoutesReached } from './choose-routes.ts'
import { currentExperiment, experimentVerdict } from './follow-experiment.ts'
import { pauseEnd, stepPauseOf } from './pause-at-step.ts'

const isPauseOver = (draft: Draft, step: DeepReadonly<PauseStep>): boolean => {
  const pause = stepPauseOf(draft)
  if (pause === undefined) return draft.before.controllerPause === true
  const end = pauseEnd(step, pause)
  return end !== undefined && draft.snapshot.now >= end
}

/** Whether the weight of a step is in force: written, read back, and taken over where the router can tell. */
const isWeightReached = (draft: Draft, weight: number): boolean => {
  const { traffic, status, next } = draft
  if (!traffic.isRouted) return true
  if (!traffic.isConfirmed) return false
  // A canary that is to have no pods gets no traffic, whatever the step says.
  return next?.desired === 0 || status.canary?.weights?.canary.weight === weight
}

const isStepDone = (draft: Draft, step: DeepReadonly<CanaryStep>, index: number): boolean => {
  const atCounts = (): boolean => atDesiredCounts(draft.release, draft.releaseSets, draft.status.canary?.weights)
  // The order counts where a step sets several of them: the first one decides, as in the published controller.
  if (step.pause !== undefined) return isPauseOver(draft, step.pause)
  if (step.setCanaryScale !== undefined) return atCounts()
  if (step.setWeight !== undefined) return atCounts() && isWeightReached(draft, step.setWeight)
  if (step.experiment !== undefined) {
    const experiment = currentExperiment(draft)
    return experiment !== undefined && experimentVerdict(experiment) === 'Successful'
  }
  if (step.analysis !== undefined) {
    const run = draft.runs.get(draft.status.canary?.currentStepAnalysisRunStatus?.name)
    // A run that somebody ended early reports success without having measured all it should.
    return run?.phase === 'Successful' && !run.terminated
  }
  if (step.setHeaderRoute !== undefined || step.setMirrorRoute !== undefined) return areRoutesReached(draft)
  return step.plugin !== undefined && isStepPassed(draft.status.canary?.stepPluginStatuses, index)
}

/** Goes on to the next step when the current one is done; a held release stays. */
export const completeStep = (draft: Draft): void => {
  const { release, status } = draft
  const index = stepIndexOf(release)
  const step = currentStep(release)
  if (index === undefined || step === undefined || release.spec.paused === true || !isStepDone(draft, step, index))
    return
  status.currentStepIndex = index + 1
  delete status.canary?.currentStepAnalysisRunStatus
  delete status.canary?.currentExperiment
  draft.pauses.remove.push(pauseReasons.canaryPauseStep)
  draft.announce(rolloutStepCompleted(index + 1, stepsOf(release).length, stepLabel(step)))
}
