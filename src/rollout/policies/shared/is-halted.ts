import { pauseReasons } from '../../../api/phases.ts'
import type { Draft } from '../../draft.ts'

/** Whether an analysis without a verdict holds the release until a person decides. */
export const isInconclusive = ({ before }: Draft): boolean =>
  (before.pauseConditions ?? []).some(({ reason }) => reason === pauseReasons.inconclusiveAnalysis)

/** Whether somebody, or an analysis without a verdict, holds the release. */
export const isHalted = (draft: Draft): boolean => draft.snapshot.rollout.spec.paused === true || isInconclusive(draft)
