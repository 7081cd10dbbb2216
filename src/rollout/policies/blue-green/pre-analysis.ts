import type { Draft } from '../../draft.ts'
import { hasSucceeded, notedRun } from '../shared/judge-run.ts'

/** Whether the analysis before the switch, where there is one, has succeeded. */
export const hasPassedPreAnalysis = (draft: Draft): boolean =>
  draft.snapshot.rollout.spec.strategy?.blueGreen?.prePromotionAnalysis === undefined ||
  hasSucceeded(notedRun(draft, draft.before.blueGreen?.prePromotionAnalysisRunStatus))
