import { analysisHistoryLimitsOf } from '../../../api/defaults.ts'
import type { Experiment } from '../../../api/experiment.ts'
import { podTemplateHashLabel } from '../../../api/labels.ts'
import { isCompleted, pauseReasons } from '../../../api/phases.ts'
import type { DeepReadonly } from '../../../lib/json.ts'
import type { Draft } from '../../draft.ts'
import { experimentCreated } from '../../events.ts'
import { currentStep, stepIndexOf } from '../../math/release.ts'
import { isUnjudged } from './is-unjudged.ts'
import { experimentNameOf, newExperiment } from './new-experiment.ts'

type E = DeepReadonly<Experiment>

/**
 * The verdict that a release may rely on. One that somebody ended early has none where something was to be measured; where
 * nothing was, that is how one without a duration ends.
 */
export const experimentVerdict = ({ spec, status }: E): string => {
  const phase = status?.phase ?? ''
  const wasCutOff = spec.terminate === true && (spec.analyses ?? []).length > 0
  return phase === 'Successful' && wasCutOff ? 'Inconclusive' : phase
}

/** Whether an Experiment is that of the current step: after a promotion past a step, it is that of another one. */
const isOfStep = (draft: Draft, name: string, index: number): boolean => {
  const base = experimentNameOf(draft, index)
  return name === base || (name.startsWith(`${base}-`) && /^\d+$/.test(name.slice(base.length + 1)))
}

/** The Experiment of the current step that the release goes by, if there is one. */
export const currentExperiment = (draft: Draft): E | undefined => {
  const index = stepIndexOf(draft.release)
  const known = draft.experiments.existing(draft.before.canary?.currentExperiment)
  if (index === undefined || currentStep(draft.release)?.experiment === undefined) return undefined
  return known !== undefined && isOfStep(draft, known.metadata.name, index) && !isUnjudged(draft) ? known : undefined
}

/** Somebody resumed after one without a verdict, or retried after an abort. */
const isAnotherWanted = ({ before }: Draft, experiment: E): boolean =>
  before.abortedAt !== undefined ||
  (before.controllerPause === true && experimentVerdict(experiment) === 'Inconclusive')

const judge = (draft: Draft, experiment: E): void => {
  const verdict = experimentVerdict(experiment)
  if (verdict === 'Inconclusive') draft.pauses.add.push(pauseReasons.inconclusiveExperiment)
  if (verdict !== 'Failed' && verdict !== 'Error') return
  const { message = '' } = experiment.status ?? {}
  draft.pauses.abort ??= {
    message: `Experiment analysis phase is error/failed${message === '' ? '' : `: ${message}`}`,
  }
}

const start = (draft: Draft, index: number): string | undefined => {
  const step = currentStep(draft.release)?.experiment
  if (step === undefined || draft.next === undefined || draft.stable === undefined) return undefined
  const made = newExperiment(draft, step, index)
  if (!made.ok) {
    draft.faults.push(made.error)
    return undefined
  }
  const { name, key, isNew } = draft.experiments.create(made.value, 'run the experiment of the step')
  if (isNew) draft.announce(experimentCreated(name), key)
  return name
}

/** Name of the Experiment that the release goes by now. */
const follow = (draft: Draft): string | undefined => {
  const { before, release } = draft
  const index = stepIndexOf(release)
  if (isUnjudged(draft) || index === undefined || currentStep(release)?.experiment === undefined) return undefined
  const noted = before.canary?.currentExperiment
  const experiment = currentExperiment(draft)
  if ((before.pauseConditions?.length ?? 0) > 0) return experiment?.metadata.name
  // Made by an earlier round of this pass.
  if (
    experiment === undefined &&
    noted !== undefined &&
    draft.experiments.has(noted) &&
    isOfStep(draft, noted, index)
  ) {
    return noted
  }
  if (experiment === undefined || isAnotherWanted(draft, experiment)) return start(draft, index)
  judge(draft, experiment)
  return experiment.metadata.name
}

const newestFirst = (a: E, b: E): number => (a.metadata.creationTimestamp < b.metadata.creationTimestamp ? 1 : -1)

/** Deletes finished ones beyond the history limits, which they share with AnalysisRuns, and those whose revision is gone. */
const trim = (draft: Draft, current: string | undefined): void => {
  const hashes = new Set(draft.sets.map(({ hash }) => hash))
  const left = { ...analysisHistoryLimitsOf(draft.snapshot.rollout) }
  const finished = draft.experiments.live
    .filter(({ metadata, status }) => metadata.name !== current && isCompleted(status?.phase))
    .sort(newestFirst)
  for (const { metadata, status } of finished) {
    const kind = status?.phase === 'Successful' ? 'successful' : 'unsuccessful'
    if (!hashes.has(metadata.labels?.[podTemplateHashLabel] ?? '')) {
      draft.experiments.delete(metadata.name, 'its revision is gone')
    } else if (left[kind]-- <= 0) {
      draft.experiments.delete(metadata.name, `beyond the history limit of ${kind} experiments`)
    }
  }
}

/**
 * Starts the Experiment of an experiment step, follows its verdict, and ends and deletes the others. A failed one aborts
 * the release; an inconclusive one holds it until a person decides.
 */
export const followExperiment = (draft: Draft): void => {
  const current = follow(draft)
  draft.status.canary ??= {}
  if (current === undefined) delete draft.status.canary.currentExperiment
  else draft.status.canary.currentExperiment = current
  for (const { metadata } of draft.experiments.live) {
    if (metadata.name !== current) draft.experiments.terminate(metadata.name, 'the release does not need it any more')
  }
  trim(draft, current)
}
