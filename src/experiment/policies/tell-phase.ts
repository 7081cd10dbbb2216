import { type AnalysisPhase, isCompleted, type TemplatePhase, worsePhase } from '../../api/phases.ts'
import type { ExperimentDraft } from '../draft.ts'
import { experimentChanged } from '../events.ts'
import { hasRequiredAnalyses, isClosing, isDurationOver, requiredAnalysesSucceeded } from './ending.ts'

interface Assessment {
  readonly phase: AnalysisPhase
  readonly message: string
}

const phasesOfTemplates: Readonly<Record<TemplatePhase, AnalysisPhase>> = {
  Successful: 'Successful',
  Running: 'Running',
  Progressing: 'Pending',
  Error: 'Error',
  Failed: 'Failed',
}

/** From the best to the worst. */
const templatePhases: readonly string[] = Object.keys(phasesOfTemplates)

const isTemplatePhase = (text: string | undefined): text is TemplatePhase => templatePhases.includes(text ?? '')

/** The worst state of all templates, as a phase. Analyses without any pods run as long as nothing else ends them. */
const assessTemplates = (draft: ExperimentDraft): Assessment => {
  const { templates, analyses = [], terminate } = draft.snapshot.experiment.spec
  if (templates.length === 0 && analyses.length > 0 && terminate !== true && !isDurationOver(draft)) {
    return { phase: 'Running', message: '' }
  }
  let worst: TemplatePhase = 'Successful'
  let message = ''
  for (const { name } of templates) {
    const template = draft.template(name)
    if (!isTemplatePhase(template.status)) continue
    if (templatePhases.indexOf(template.status) <= templatePhases.indexOf(worst)) continue
    worst = template.status
    message = template.message ?? ''
  }
  return { phase: phasesOfTemplates[worst], message }
}

const isPhase = (text: string): text is AnalysisPhase => text === 'Pending' || text === 'Running' || isCompleted(text)

/** The worst phase of all analyses; Successful where there are none. One that has not begun counts as running. */
const assessAnalyses = (draft: ExperimentDraft): Assessment => {
  let worst: Assessment = { phase: 'Successful', message: '' }
  for (const { name } of draft.snapshot.experiment.spec.analyses ?? []) {
    const { phase, message = '' } = draft.analysis(name)
    const own = isPhase(phase) ? phase : 'Pending'
    if (own !== worst.phase && worsePhase(worst.phase, own) === own) worst = { phase: own, message }
  }
  const isBad = isCompleted(worst.phase) && worst.phase !== 'Successful'
  if (!isBad && requiredAnalysesSucceeded(draft)) {
    return { phase: 'Successful', message: 'Required AnalysisRuns completed' }
  }
  return worst.phase === 'Pending' ? { ...worst, phase: 'Running' } : worst
}

/** One that is told to end before its required analyses have succeeded has no verdict. */
const withoutVerdict: Assessment = {
  phase: 'Inconclusive',
  message: 'Terminated before the required AnalysisRuns completed',
}

/** The same for one whose time is over before an analysis has begun. */
const withoutAnalysis: Assessment = {
  phase: 'Inconclusive',
  message: 'The duration ended before an analysis began',
}

/** What is said while the analyses that were cut off with the time have not told their verdict. */
const closing = (draft: ExperimentDraft): Assessment => {
  const analyses = draft.status.analysisRuns ?? []
  const isMeasured = analyses.some(({ analysisRun, phase }) => analysisRun !== '' && !isCompleted(phase))
  return isMeasured ? { phase: 'Running', message: '' } : withoutAnalysis
}

const assess = (draft: ExperimentDraft): Assessment => {
  const templates = assessTemplates(draft)
  const analyses = assessAnalyses(draft)
  const isBad = isCompleted(analyses.phase) && analyses.phase !== 'Successful'
  if (templates.phase === 'Successful') {
    const isDeferred = isCompleted(analyses.phase) || hasRequiredAnalyses(draft)
    if (!isDeferred) return isClosing(draft) ? closing(draft) : templates
    const terminated = draft.snapshot.experiment.spec.terminate === true && !isCompleted(analyses.phase)
    return terminated ? withoutVerdict : analyses
  }
  if (isCompleted(templates.phase)) return templates
  return isBad || requiredAnalysesSucceeded(draft) ? analyses : templates
}

/** Puts the Experiment into a phase, and tells of the change. */
export const enterPhase = (draft: ExperimentDraft, { phase, message }: Assessment): void => {
  const { status } = draft
  const from = status.phase ?? ''
  status.phase = phase
  if (message === '') delete status.message
  else status.message = message
  if (from !== phase) draft.announce({ event: experimentChanged(from, phase) })
}

/**
 * Judges the whole. A template that failed, and an analysis that did not succeed, end the Experiment at once; the success
 * of all required analyses does too. Where the time of the templates is over, the analyses decide if they have ended, or
 * if some are required. A phase that is final stays.
 */
export const tellPhase = (draft: ExperimentDraft): void => {
  if (!draft.isOver) enterPhase(draft, assess(draft))
}
