import { isCompleted } from '../../api/phases.ts'
import type { ExperimentDraft } from '../draft.ts'
import { durationEnd } from '../duration-end.ts'

/** Whether an analysis that the Experiment cannot end without is among its analyses. */
export const hasRequiredAnalyses = ({ snapshot }: ExperimentDraft): boolean =>
  (snapshot.experiment.spec.analyses ?? []).some(({ requiredForCompletion }) => requiredForCompletion === true)

/** Whether all required analyses, of which there are some, have succeeded: that ends the Experiment well. */
export const requiredAnalysesSucceeded = (draft: ExperimentDraft): boolean =>
  hasRequiredAnalyses(draft) &&
  (draft.snapshot.experiment.spec.analyses ?? [])
    .filter(({ requiredForCompletion }) => requiredForCompletion === true)
    .every(({ name }) => draft.analysis(name).phase === 'Successful')

const hasFailedTemplate = ({ status }: ExperimentDraft): boolean =>
  (status.templateStatuses ?? []).some((template) => template.status === 'Failed' || template.status === 'Error')

const hasBadAnalysis = ({ status }: ExperimentDraft): boolean =>
  (status.analysisRuns ?? []).some(({ phase }) => isCompleted(phase) && phase !== 'Successful')

/** Whether nothing is to be started any more, and all that runs is to end. */
export const isEnding = (draft: ExperimentDraft): boolean =>
  draft.snapshot.experiment.spec.terminate === true ||
  draft.isOver ||
  hasFailedTemplate(draft) ||
  hasBadAnalysis(draft) ||
  requiredAnalysesSucceeded(draft)

/** Whether the time for which the Experiment runs is over. */
export const isDurationOver = ({ snapshot, status }: ExperimentDraft): boolean => {
  const end = durationEnd(snapshot.experiment, status)
  return end !== undefined && snapshot.now >= end
}

/**
 * Whether the time is over, so that analyses that nothing requires are cut off: none begins any more, and those that run
 * end with what they have measured until then.
 */
export const isClosing = (draft: ExperimentDraft): boolean => isDurationOver(draft) && !hasRequiredAnalyses(draft)
