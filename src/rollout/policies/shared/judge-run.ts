import type { AnalysisRun } from '../../../api/analysis-run.ts'
import type { AnalysisRunReference } from '../../../api/canary-status.ts'
import { analysisHistoryLimitsOf } from '../../../api/defaults.ts'
import { podTemplateHashLabel } from '../../../api/labels.ts'
import { isCompleted, pauseReasons, runTerminated } from '../../../api/phases.ts'
import type { DeepReadonly } from '../../../lib/json.ts'
import type { Draft } from '../../draft.ts'
import { analysisRunChanged } from '../../events.ts'
import type { WorkingRun } from '../../working-analysis-runs.ts'

const stepPauses: ReadonlySet<string> = new Set([pauseReasons.canaryPauseStep, pauseReasons.blueGreenPause])

/**
 * Whether an analysis is to be done again: somebody resumed after one without a verdict, or retried after an abort. A
 * pause of the steps alone says nothing about the analysis.
 */
export const needsNewRun = ({ before }: Draft, run: WorkingRun): boolean => {
  const atStepPause = (before.pauseConditions ?? []).some(({ reason }) => stepPauses.has(reason))
  if (before.controllerPause === true && !atStepPause) return verdictOf(run) === 'Inconclusive'
  return before.abortedAt !== undefined
}

/** The verdict that a release may rely on: a run that was cut off has none, whatever its phase says. */
const verdictOf = ({ phase, terminated }: WorkingRun): string =>
  phase === 'Successful' && terminated ? 'Inconclusive' : phase

/** Whether a run has a verdict, and a good one. */
export const hasSucceeded = (run: WorkingRun | undefined): boolean =>
  run !== undefined && verdictOf(run) === 'Successful'

/**
 * A run by what the status keeps of it. One that succeeded is still there for its release when it is gone, at the end of its
 * time to live or by hand: it is neither missed nor repeated.
 */
export const notedRun = (
  { runs }: Draft,
  noted: DeepReadonly<AnalysisRunReference> | undefined,
): WorkingRun | undefined => {
  const { name, status: phase = '', message = '' } = noted ?? {}
  const run = runs.get(name)
  if (run !== undefined || name === undefined || phase !== 'Successful') return run
  return { name, phase, message, terminated: message === runTerminated, labels: {} }
}

/** Holds the release for want of a verdict, or aborts it for a bad one. */
export const judgeRun = (draft: Draft, run: WorkingRun, { cause }: { cause: string }): void => {
  const verdict = verdictOf(run)
  if (verdict === 'Inconclusive') draft.pauses.add.push(pauseReasons.inconclusiveAnalysis)
  if (verdict === 'Failed' || verdict === 'Error') {
    const detail = run.message === '' ? '' : `: ${run.message}`
    draft.pauses.abort ??= { message: `${cause} analysis phase error/failed${detail}` }
  }
}

/** The part of a status that keeps runs by name, as it was and as it will be. */
interface KeptRuns<Field extends string> {
  readonly before: { readonly [Key in Field]?: DeepReadonly<AnalysisRunReference> | undefined } | undefined
  readonly status: { [Key in Field]?: AnalysisRunReference | undefined }
}

/** Keeps name and phase of a run in the status, and tells of a change. */
export const noteRun = <Field extends string>(
  draft: Draft,
  { before, status }: KeptRuns<Field>,
  field: Field,
  run: WorkingRun | undefined,
  kind: string,
): void => {
  if (run === undefined) {
    delete status[field]
    return
  }
  status[field] = { name: run.name, status: run.phase, ...(run.message !== '' && { message: run.message }) }
  const previous = before?.[field]
  const isChange = previous === undefined || (previous.name === run.name && previous.status !== run.phase)
  if (run.phase !== '' && isChange) draft.announce(analysisRunChanged(kind, run.name, run.phase, previous?.status))
}

/**
 * Deletes finished runs beyond the history limits, the newest being kept, and those whose revision is gone. A run that
 * still goes on is never deleted.
 */
export const trimRuns = (draft: Draft, current: ReadonlySet<string | undefined>): void => {
  const hashes = new Set(draft.sets.map(({ hash }) => hash))
  const limits = analysisHistoryLimitsOf(draft.snapshot.rollout)
  const left = { successful: limits.successful, unsuccessful: limits.unsuccessful }
  const finished = draft.runs.live
    .filter(({ metadata, status }) => !current.has(metadata.name) && isCompleted(status?.phase))
    .sort(newestFirst)
  for (const { metadata, status } of finished) {
    const kind = status?.phase === 'Successful' ? 'successful' : 'unsuccessful'
    if (!hashes.has(metadata.labels?.[podTemplateHashLabel] ?? ''))
      draft.runs.delete(metadata.name, 'its revision is gone')
    else if (left[kind]-- <= 0) draft.runs.delete(metadata.name, `beyond the history limit of ${kind} runs`)
  }
}

const newestFirst = (a: DeepReadonly<AnalysisRun>, b: DeepReadonly<AnalysisRun>): number =>
  a.metadata.creationTimestamp < b.metadata.creationTimestamp ? 1 : -1
