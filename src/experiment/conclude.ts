import type { ExperimentStatus } from '../api/experiment.ts'
import { controllerReference, NameTakenError } from '../kube/create-once.ts'
import { isConflict, isNotFound, KubeError } from '../kube/errors.ts'
import type { KubeEvent } from '../kube/event-object.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { cloneJson } from '../lib/json-value.ts'
import { decide } from './decide.ts'
import { replicaSetCreateError, replicaSetUpdateError } from './events.ts'
import type { Announcement, ExperimentEffect, ExperimentOutcome, ExperimentPlan } from './plan.ts'
import type { ExperimentSnapshot, Failures } from './snapshot.ts'

/** What is to be published after a pass, and how to go on. */
export interface ExperimentReport {
  readonly status: DeepReadonly<ExperimentStatus>
  readonly announcements: readonly Announcement[]
  readonly next:
    | { readonly type: 'done' }
    /** What was seen is outdated: look again. */
    | { readonly type: 'again' }
    /** Try again with growing delays. */
    | { readonly type: 'retry'; readonly error: unknown }
}

type Failure = ExperimentOutcome & { readonly result: 'failed' }

const isFailure = (outcome: ExperimentOutcome): outcome is Failure => outcome.result === 'failed'

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** What the same request will meet again: it is refused as it is. Overload, lost answers and conflicts pass. */
const isRefused = (error: unknown): boolean =>
  error instanceof NameTakenError || (error instanceof KubeError && [400, 403, 405, 413, 422].includes(error.code))

/** Events whose effect is done, and those about the status. */
const told = (announcements: readonly Announcement[], outcomes: readonly ExperimentOutcome[]): Announcement[] => {
  const open = new Set(outcomes.filter(({ result }) => result !== 'done').map(({ effect }) => effect.key))
  return announcements.filter(({ needs }) => needs === undefined || !open.has(needs))
}

const replicaSetName = ({ key }: ExperimentEffect): string => key.slice(key.indexOf('/') + 1)

const eventOf = (effect: ExperimentEffect, error: unknown): KubeEvent | undefined => {
  if (effect.type === 'createReplicaSet') return replicaSetCreateError(replicaSetName(effect), messageOf(error))
  if (effect.type === 'updateReplicaSet' && effect.size !== undefined) {
    return replicaSetUpdateError(effect.name, effect.size, messageOf(error))
  }
  return undefined
}

const withTemplate = (failures: Failures, template: string, message: string): Failures => ({
  ...failures,
  templates: new Map([...failures.templates, [template, message]]),
})

const withAnalysis = (failures: Failures, analysis: string, message: string): Failures => ({
  ...failures,
  analyses: new Map([...failures.analyses, [analysis, message]]),
})

/** What a failed write means for good, in the published words; undefined where another attempt may do. */
const failuresOf = ({ failures }: ExperimentSnapshot, { effect, error }: Failure): Failures | undefined => {
  if (effect.type === 'findAnalysisRun') {
    const gone = `analysisrun.argoproj.io "${effect.name}" not found`
    return isNotFound(error) ? withAnalysis(failures, effect.analysis, gone) : undefined
  }
  if (!isRefused(error)) return undefined
  const text = messageOf(error)
  switch (effect.type) {
    case 'createReplicaSet':
      if (error instanceof NameTakenError) return undefined
      return withTemplate(
        failures,
        effect.template,
        `Failed to create ReplicaSet for template '${effect.template}': ${text}`,
      )
    case 'updateReplicaSet': {
      const to = effect.size?.to ?? 0
      const message = `Unable to scale ReplicaSet for template '${effect.template}' to desired replica count '${to}': ${text}`
      return to === 0 ? undefined : withTemplate(failures, effect.template, message)
    }
    case 'createService': {
      const name = replicaSetName(effect)
      const reason =
        error instanceof NameTakenError
          ? `service ${name} already exists and is not owned by experiment template ${effect.template}`
          : text
      const message = `Failed to create Service ${name} for template '${effect.template}': ${reason}`
      return withTemplate(failures, effect.template, message)
    }
    case 'createAnalysisRun':
      return withAnalysis(failures, effect.analysis, text)
    default:
      return undefined
  }
}

/** Whether a name will be free again soon: its object belongs to an earlier Experiment of this name, or is on its way out. */
const isLeftover = ({ experiment }: ExperimentSnapshot, { there }: NameTakenError): boolean => {
  const owner = there && controllerReference(there)
  const isEarlier =
    owner?.kind === 'Experiment' && owner.name === experiment.metadata.name && owner.uid !== experiment.metadata.uid
  return isEarlier || there?.metadata.deletionTimestamp !== undefined
}

const withCollision = (status: DeepReadonly<ExperimentStatus>, template: string): ExperimentStatus => {
  const counted = cloneJson(status) as ExperimentStatus
  const own = counted.templateStatuses?.find(({ name }) => name === template)
  if (own !== undefined) own.collisionCount = (own.collisionCount ?? 0) + 1
  return counted
}

const afterFailure = (
  snapshot: ExperimentSnapshot,
  plan: ExperimentPlan,
  failure: Failure,
): Omit<ExperimentReport, 'announcements'> & { readonly instead?: readonly Announcement[] } => {
  const { effect, error } = failure
  const { observed } = plan
  const retry = { type: 'retry', error } as const
  if (isConflict(error)) return { status: observed, next: { type: 'again' } }
  if (error instanceof NameTakenError && isLeftover(snapshot, error)) return { status: observed, next: retry }
  if (error instanceof NameTakenError && effect.type === 'createReplicaSet') {
    return { status: withCollision(observed, effect.template), next: { type: 'again' } }
  }
  const failures = failuresOf(snapshot, failure)
  if (failures === undefined) return { status: observed, next: retry }
  const amended = decide({ ...snapshot, failures })
  return { status: amended.observed, instead: amended.announcements, next: { type: 'done' } }
}

/**
 * What is true after a pass: the planned status if everything was done, else what is observed. What the API server refuses
 * for good is decided upon again, so that it ends the Experiment with a message; what may pass is tried again.
 */
export const conclude = (
  snapshot: ExperimentSnapshot,
  plan: ExperimentPlan,
  outcomes: readonly ExperimentOutcome[],
): ExperimentReport => {
  const failure = outcomes.find(isFailure)
  if (failure === undefined) {
    const wasBehind = outcomes.some(({ effect }) => effect.type === 'findAnalysisRun')
    return { status: plan.status, announcements: plan.announcements, next: { type: wasBehind ? 'again' : 'done' } }
  }
  const { status, instead, next } = afterFailure(snapshot, plan, failure)
  const done = told(plan.announcements, outcomes)
  const event = eventOf(failure.effect, failure.error)
  return {
    status,
    announcements: [
      ...(instead === undefined ? done : done.filter(({ needs }) => needs !== undefined)),
      ...(event === undefined ? [] : [{ event }]),
      // What was planned anew has not been done; only what it says of the status is true.
      ...(instead ?? []).filter(({ needs }) => needs === undefined),
    ],
    next,
  }
}
