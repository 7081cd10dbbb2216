import type { Draft } from '../../draft.ts'
import { hasSucceeded } from '../shared/judge-run.ts'

/** Whether the analysis before the switch, where there is one, has succeeded. */
export const hasPassedPreAnalysis = ({ before, runs, snapshot }: Draft): boolean =>
  snapshot.rollout.spec.strategy?.blueGreen?.prePromotionAnalysis === undefined ||
  hasSucceeded(runs.get(before.blueGreen?.prePromotionAnalysisRunStatus?.name))
