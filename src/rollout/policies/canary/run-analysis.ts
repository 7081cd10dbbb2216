import { rolloutTypes, stepIndexLabel } from '../../../api/labels.ts'
import type { RolloutAnalysis } from '../../../api/rollout-analysis.ts'
import type { DeepReadonly } from '../../../lib/json.ts'
import type { Draft } from '../../draft.ts'
import { currentStep, stepIndexOf } from '../../math/release.ts'
import type { WorkingRun } from '../../working-analysis-runs.ts'
import { createRun } from '../shared/create-run.ts'
import { isInconclusive } from '../shared/is-halted.ts'
import { judgeRun, needsNewRun, notedRun, noteRun, trimRuns } from '../shared/judge-run.ts'
import { hasTakenOver, isPastSteps } from './has-taken-over.ts'
import { isUnjudged } from './is-unjudged.ts'

/**
 * Starts the analysis of the current step, the one beside the steps and the one after them, follows their verdicts, and
 * ends and deletes the others. A failed or errored one aborts the release; an inconclusive one holds it until a person decides.
 */
export const runAnalysis = (draft: Draft): void => {
  const known = draft.before.canary
  const stepRun = draft.runs.get(known?.currentStepAnalysisRunStatus?.name)
  const backgroundRun = notedRun(draft, known?.currentBackgroundAnalysisRunStatus)
  const postRun = notedRun(draft, known?.postPromotionAnalysisRunStatus)
  const skipped = isUnjudged(draft)
  // As the published controller does: what goes on no more is not named, and its end is no news.
  const step = skipped ? undefined : followStepRun(draft, stepRun)
  const background = skipped ? undefined : followBackgroundRun(draft, backgroundRun)
  const post = skipped ? postRun : followPostRun(draft, postRun)
  draft.status.canary ??= {}
  const kept = { before: known, status: draft.status.canary }
  noteRun(draft, kept, 'currentStepAnalysisRunStatus', step, rolloutTypes.step)
  noteRun(draft, kept, 'currentBackgroundAnalysisRunStatus', background, rolloutTypes.background)
  noteRun(draft, kept, 'postPromotionAnalysisRunStatus', post, rolloutTypes.postPromotion)
  const current = new Set([step?.name, background?.name, post?.name])
  for (const { metadata } of draft.runs.live) {
    if (skipped || !current.has(metadata.name))
      draft.runs.terminate(metadata.name, 'the release does not need it any more')
  }
  trimRuns(draft, current)
}

const followStepRun = (draft: Draft, run: WorkingRun | undefined): WorkingRun | undefined => {
  if ((draft.before.pauseConditions?.length ?? 0) > 0) return run
  const index = stepIndexOf(draft.release)
  const analysis = currentStep(draft.release)?.analysis
  if (analysis === undefined || index === undefined) return undefined
  // After a promotion past a step, its run is that of another one.
  const runIndex = run?.labels[stepIndexLabel]
  if (runIndex !== undefined && runIndex !== String(index)) return undefined
  return follow(draft, run, { analysis, type: rolloutTypes.step, index, cause: 'Step-based' })
}

const followBackgroundRun = (draft: Draft, run: WorkingRun | undefined): WorkingRun | undefined => {
  const analysis = draft.snapshot.rollout.spec.strategy?.canary?.analysis
  if (analysis === undefined || (analysis.templates ?? []).length === 0) return undefined
  const index = stepIndexOf(draft.release)
  const tooEarly = analysis.startingStep !== undefined && index !== undefined && index < analysis.startingStep
  if (tooEarly || (draft.before.currentPodHash ?? '') === '') return undefined
  if (isInconclusive(draft)) return run
  return follow(draft, run, { analysis, type: rolloutTypes.background, cause: 'Background' })
}

/**
 * The analysis of the new revision once users meet nothing else, while the stable one is still there to go back to. A run
 * that has begun goes on when pods fail: its verdict counts, not theirs. After a retry the way begins anew, and so does it.
 */
const followPostRun = (draft: Draft, run: WorkingRun | undefined): WorkingRun | undefined => {
  const analysis = draft.snapshot.rollout.spec.strategy?.canary?.postPromotionAnalysis
  if (analysis === undefined || !isPastSteps(draft)) return undefined
  if (isInconclusive(draft)) return run
  if ((run === undefined || needsNewRun(draft, run)) && !hasTakenOver(draft)) return undefined
  return follow(draft, run, { analysis, type: rolloutTypes.postPromotion, cause: 'Canary post-promotion' })
}

interface Wanted {
  readonly analysis: DeepReadonly<RolloutAnalysis>
  readonly type: 'Step' | 'Background' | 'PostPromotion'
  readonly index?: number
  /** First word of the reason for an abort. */
  readonly cause: string
}

const follow = (draft: Draft, run: WorkingRun | undefined, wanted: Wanted): WorkingRun | undefined => {
  if (run === undefined || needsNewRun(draft, run)) return createRun(draft, wanted)
  judgeRun(draft, run, wanted)
  return run
}
