import type { AnalysisRun, AnalysisRunManifest } from '../../api/analysis-run.ts'
import type { ExperimentAnalysis, ExperimentAnalysisStatus } from '../../api/experiment.ts'
import { type AnalysisPhase, isCompleted } from '../../api/phases.ts'
import type { DeepReadonly, JsonObject } from '../../lib/json.ts'
import { equalJson } from '../../lib/json-value.ts'
import type { ExperimentDraft } from '../draft.ts'
import { analysisChanged } from '../events.ts'
import { newRun } from '../new-run.ts'
import { templateFault } from '../template-fault.ts'
import { isClosing, isEnding } from './ending.ts'

type Analysis = DeepReadonly<ExperimentAnalysis>

interface State {
  readonly phase: string
  readonly message?: string | undefined
}

/** Puts an analysis into a phase, and tells of the change; `needs` is the effect without which it would not be true. */
const enter = (
  draft: ExperimentDraft,
  analysis: ExperimentAnalysisStatus,
  { phase, message }: State,
  needs?: string,
): void => {
  const from = analysis.phase
  analysis.phase = phase
  if (message === undefined || message === '') delete analysis.message
  else analysis.message = message
  if (from === phase || phase === '') return
  const event = analysisChanged({ name: analysis.name, from, to: phase, message })
  draft.announce({ event, mirrored: true, ...(needs !== undefined && { needs }) })
}

const error = (message: string): { readonly phase: AnalysisPhase; readonly message: string } => ({
  phase: 'Error',
  message,
})

/** A run that an earlier pass has created, before it was cut off. */
const isSameRun = (there: DeepReadonly<AnalysisRun>, wanted: AnalysisRunManifest): boolean =>
  !isCompleted(there.status?.phase) && there.spec.terminate !== true && equalJson(there.spec, wanted.spec)

/** The published name, with `.1`, `.2` … where it is taken by a run that is over or is another one. */
const freeName = (draft: ExperimentDraft, wanted: AnalysisRunManifest): string => {
  const base = wanted.metadata.name ?? ''
  for (let collisions = 0; ; collisions++) {
    const name = collisions === 0 ? base : `${base}.${collisions}`
    const there = draft.run(name)
    if (there === undefined ? !draft.snapshot.isRunNameTaken(name) : isSameRun(there, wanted)) return name
  }
}

const start = (draft: ExperimentDraft, spec: Analysis, analysis: ExperimentAnalysisStatus): void => {
  const refused = draft.snapshot.failures.analyses.get(spec.name)
  const built = refused === undefined ? newRun(draft, spec) : { ok: false as const, error: refused }
  if (!built.ok) {
    enter(draft, analysis, error(`Failed to create AnalysisRun for analysis '${spec.name}': ${built.error}`))
    return
  }
  const name = freeName(draft, built.run)
  const object = { ...built.run, metadata: { ...built.run.metadata, name } } as unknown as JsonObject
  const key = `analysisrun/${name}`
  draft.want({ type: 'createAnalysisRun', key, analysis: spec.name, object, why: 'start the analysis' }, (status) => {
    const claimed = status.analysisRuns?.find((each) => each.name === spec.name)
    if (claimed !== undefined) Object.assign(claimed, { analysisRun: '', phase: '' })
  })
  analysis.analysisRun = name
  enter(draft, analysis, { phase: 'Pending' }, key)
}

/** Whether every metric that decides something was measured at least once. */
const hasMeasuredAll = ({ spec, status }: DeepReadonly<AnalysisRun>): boolean =>
  spec.metrics.every(({ name }) => {
    const result = status?.metricResults?.find((each) => each.name === name)
    return result?.dryRun === true || (result?.count ?? 0) > 0
  })

/**
 * A run that somebody ended early reports success without having measured all it should: that is no verdict. One that was
 * cut off with the Experiment's time has measured as long as it should, if it has measured at all.
 */
const verdictOn = (draft: ExperimentDraft, run: DeepReadonly<AnalysisRun>, before: string): State => {
  const { phase, message } = run.status ?? {}
  const isCutShort = run.spec.terminate === true && !(isClosing(draft) && hasMeasuredAll(run))
  if (phase === 'Successful' && isCutShort) return { phase: 'Inconclusive', message }
  return { phase: phase === undefined ? before : phase, message }
}

const follow = (draft: ExperimentDraft, spec: Analysis): void => {
  const analysis = draft.analysis(spec.name)
  if (isCompleted(analysis.phase)) return
  if (draft.status.availableAt === undefined) {
    const fault = templateFault(draft, spec)
    if (fault !== undefined && !isEnding(draft)) enter(draft, analysis, error(fault))
    return
  }
  if (isEnding(draft)) return
  if (analysis.analysisRun === '') {
    if (isClosing(draft)) return
    start(draft, spec, analysis)
    return
  }
  const name = analysis.analysisRun
  const run = draft.run(name)
  const gone = draft.snapshot.failures.analyses.get(spec.name)
  if (run !== undefined) enter(draft, analysis, verdictOn(draft, run, analysis.phase))
  else if (gone !== undefined) enter(draft, analysis, error(gone))
  else {
    const key = `analysisrun/${name}`
    draft.want({ type: 'findAnalysisRun', key, analysis: spec.name, name, why: 'the cache does not have it' })
  }
}

/** Starts the analyses once all pods are available, and follows their runs. A phase that is final stays. */
export const followAnalyses = (draft: ExperimentDraft): void => {
  for (const analysis of draft.snapshot.experiment.spec.analyses ?? []) follow(draft, analysis)
}
