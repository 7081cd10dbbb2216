import { rolloutTypes } from '../../../api/labels.ts'
import type { Draft } from '../../draft.ts'
import { isFullyPromoted } from '../../math/release.ts'
import type { WorkingRun } from '../../working-analysis-runs.ts'
import { activeHash, isSaturated } from '../shared/active-replica-set.ts'
import { createRun, type WantedRun } from '../shared/create-run.ts'
import { isFastRollback } from '../shared/fast-rollback.ts'
import { isInconclusive } from '../shared/is-halted.ts'
import { judgeRun, needsNewRun, notedRun, noteRun, trimRuns } from '../shared/judge-run.ts'
import { isFirstDeploy } from './fast-track.ts'
import { isPreviewReady } from './size-of-preview.ts'
import { areTargetsVerified } from './verify-targets.ts'

/** Whether nothing is to be measured: there is nothing new, it is given up, or it is trusted. */
const isSkipped = (draft: Draft): boolean =>
  isFullyPromoted(draft.release) ||
  draft.isAborted ||
  draft.before.promoteFull === true ||
  (draft.before.stableRS ?? '') === '' ||
  isFastRollback(draft)

/** An analysis of blue/green in this round. */
interface Stage {
  readonly run: WorkingRun | undefined
  /** Whether its run is needed; one of an earlier stage is only remembered. */
  readonly isCurrent: boolean
}

/**
 * Starts the analyses before and after the switch, follows their verdicts, and ends and deletes other runs. A failed or
 * errored one aborts the release; an inconclusive one holds it. A run that has begun goes on when pods fail: its verdict
 * counts, not theirs.
 */
export const runAnalysis = (draft: Draft): void => {
  const skipped = isSkipped(draft)
  const pre = skipped ? undefined : preAnalysis(draft)
  const post = skipped ? undefined : postAnalysis(draft)
  const stages = { pre: pre ?? remembered(draft, 'pre'), post: post ?? remembered(draft, 'post') }
  draft.status.blueGreen ??= {}
  const kept = { before: draft.before.blueGreen, status: draft.status.blueGreen }
  noteRun(draft, kept, 'postPromotionAnalysisRunStatus', stages.post.run, rolloutTypes.postPromotion)
  noteRun(draft, kept, 'prePromotionAnalysisRunStatus', stages.pre.run, rolloutTypes.prePromotion)
  const current = [stages.pre, stages.post].filter(({ isCurrent }) => isCurrent).map(({ run }) => run?.name)
  for (const { metadata } of draft.runs.live) {
    if (!current.includes(metadata.name)) draft.runs.terminate(metadata.name, 'the release does not need it any more')
  }
  trimRuns(draft, new Set([stages.pre.run?.name, stages.post.run?.name]))
}

const known = (draft: Draft, stage: 'pre' | 'post'): WorkingRun | undefined =>
  notedRun(draft, draft.before.blueGreen?.[`${stage}PromotionAnalysisRunStatus`])

const remembered = (draft: Draft, stage: 'pre' | 'post'): Stage => {
  const analysis = draft.snapshot.rollout.spec.strategy?.blueGreen?.[`${stage}PromotionAnalysis`]
  return { run: analysis === undefined ? undefined : known(draft, stage), isCurrent: false }
}

/** The analysis of the preview: from the time it is ready until the active Service is switched. */
const preAnalysis = (draft: Draft): Stage | undefined => {
  const { next, snapshot } = draft
  const analysis = snapshot.rollout.spec.strategy?.blueGreen?.prePromotionAnalysis
  if (analysis === undefined || next === undefined) return undefined
  if (activeHash(draft) === next.hash || isFirstDeploy(draft)) return undefined
  const wanted = { analysis, type: rolloutTypes.prePromotion }
  const run = follow(draft, known(draft, 'pre'), wanted, 'Blue/green pre-promotion', isPreviewReady(draft, next))
  return { run, isCurrent: true }
}

/** The analysis of the new revision in service. */
const postAnalysis = (draft: Draft): Stage | undefined => {
  const { next, snapshot } = draft
  const analysis = snapshot.rollout.spec.strategy?.blueGreen?.postPromotionAnalysis
  if (analysis === undefined || next === undefined || activeHash(draft) !== next.hash) return undefined
  const wanted = { analysis, type: rolloutTypes.postPromotion }
  const mayStart = isSaturated(draft, next) && areTargetsVerified(draft)
  const run = follow(draft, known(draft, 'post'), wanted, 'Blue/green post-promotion', mayStart)
  return { run, isCurrent: true }
}

const follow = (
  draft: Draft,
  run: WorkingRun | undefined,
  wanted: WantedRun,
  cause: string,
  mayStart: boolean,
): WorkingRun | undefined => {
  if (isInconclusive(draft)) return run
  if (run === undefined) return mayStart ? createRun(draft, wanted) : undefined
  if (needsNewRun(draft, run)) return createRun(draft, wanted)
  judgeRun(draft, run, { cause })
  return run
}
