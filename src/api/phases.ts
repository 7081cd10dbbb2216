/** Phase of a Rollout, as `status.phase` and health checks have it. */
export type RolloutPhase = 'Healthy' | 'Progressing' | 'Paused' | 'Degraded'

/** Why the controller holds a release, in `status.pauseConditions`. */
export const pauseReasons = {
  canaryPauseStep: 'CanaryPauseStep',
  blueGreenPause: 'BlueGreenPause',
  inconclusiveAnalysis: 'InconclusiveAnalysisRun',
  inconclusiveExperiment: 'InconclusiveExperiment',
} as const

/** See {@link pauseReasons}. */
export type PauseReason = (typeof pauseReasons)[keyof typeof pauseReasons]

/** Phase of an AnalysisRun, of a metric, of a measurement, and of an Experiment. */
export type AnalysisPhase = 'Pending' | 'Running' | 'Successful' | 'Failed' | 'Error' | 'Inconclusive'

/** Message of an AnalysisRun that somebody ended, if no metric had failed by then: its phase alone looks like a success. */
export const runTerminated = 'Run Terminated'

const completedPhases: ReadonlySet<string> = new Set<AnalysisPhase>(['Successful', 'Failed', 'Error', 'Inconclusive'])

/** Whether a phase is final. An absent or unknown one is not. */
export const isCompleted = (phase: string | undefined): boolean => phase !== undefined && completedPhases.has(phase)

/** From the best to the worst, as the phase of a run is chosen among those of its metrics. */
const phasesFromBest: readonly AnalysisPhase[] = ['Successful', 'Running', 'Pending', 'Inconclusive', 'Error', 'Failed']

/** The worse of two phases. */
export const worsePhase = (one: AnalysisPhase, other: AnalysisPhase): AnalysisPhase =>
  phasesFromBest.indexOf(one) >= phasesFromBest.indexOf(other) ? one : other

/** State of a template of an Experiment, from the best to the worst. */
export type TemplatePhase = 'Successful' | 'Running' | 'Progressing' | 'Error' | 'Failed'

const completedTemplatePhases: ReadonlySet<string> = new Set<TemplatePhase>(['Successful', 'Failed', 'Error'])

/** Whether the state of a template of an Experiment is final. */
export const isTemplateCompleted = (phase: string | undefined): boolean =>
  phase !== undefined && completedTemplatePhases.has(phase)

/** How a release ended, in `status.duration.completionStatus`. Superseded is seen in metrics and logs only. */
export type CompletionStatus = 'Promoted' | 'FastPromoted' | 'Aborted' | 'Superseded' | 'RolledBack' | 'FastRolledBack'

/** Phase of a step plugin. */
export type StepPluginPhase = 'Running' | 'Successful' | 'Failed' | 'Error'

/** What a step plugin is asked to do. */
export type StepPluginOperation = 'Run' | 'Terminate' | 'Abort'
