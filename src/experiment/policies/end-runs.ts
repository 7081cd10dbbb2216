import { isCompleted } from '../../api/phases.ts'
import type { ExperimentDraft } from '../draft.ts'
import { analysisRunTerminating } from '../events.ts'
import { isClosing, isEnding } from './ending.ts'

const analysisOf = ({ status }: ExperimentDraft, run: string): string =>
  status.analysisRuns?.find(({ analysisRun }) => analysisRun === run)?.name ?? run

/** Ends what is still measured when the Experiment ends. */
export const endRuns = (draft: ExperimentDraft): void => {
  if (!isEnding(draft) && !isClosing(draft)) return
  for (const { metadata, spec, status } of draft.snapshot.analysisRuns) {
    const { name } = metadata
    if (spec.terminate === true || isCompleted(status?.phase) || metadata.deletionTimestamp !== undefined) continue
    const key = `analysisrun/${name}`
    draft.want({ type: 'terminateAnalysisRun', key, name, why: 'the Experiment ends' })
    draft.announce({ event: analysisRunTerminating(analysisOf(draft, name), name), needs: key })
  }
}
