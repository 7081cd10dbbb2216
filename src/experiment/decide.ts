import { conditionReasons, experimentConditions } from '../api/conditions.ts'
import { ExperimentDraft } from './draft.ts'
import type { ExperimentPlan } from './plan.ts'
import { countPods } from './policies/count-pods.ts'
import { endRuns } from './policies/end-runs.ts'
import { exposePods } from './policies/expose-pods.ts'
import { followAnalyses } from './policies/follow-analyses.ts'
import { endTemplates, judgeTemplates } from './policies/judge-templates.ts'
import { noteAvailability } from './policies/note-availability.ts'
import { runPods } from './policies/run-pods.ts'
import { setCondition, tellConditions } from './policies/tell-conditions.ts'
import { enterPhase, tellPhase } from './policies/tell-phase.ts'
import type { ExperimentSnapshot } from './snapshot.ts'

type Policy = (draft: ExperimentDraft) => void

/**
 * A spec that cannot be worked with ends the Experiment, with a condition that says why. The published controller leaves
 * such a one without a phase, so that whatever waits for it waits for ever.
 */
const refuseSpec: Policy = (draft) => {
  const { fault = '' } = draft.snapshot
  if (draft.isOver) return
  const { invalidSpec: type } = experimentConditions
  setCondition(draft, { type, status: 'True', reason: conditionReasons.invalidSpec, message: fault })
  enterPhase(draft, { phase: 'Error', message: fault })
}

/** One that was only refused, and is mended, begins as if it were new: that is what the published controller does. */
const beginAnew: Policy = ({ status }) => {
  const { invalidSpec } = experimentConditions
  const wasRefused = status.conditions?.some(({ type, status: holds }) => type === invalidSpec && holds === 'True')
  if (wasRefused !== true || status.phase !== 'Error') return
  for (const field of Object.keys(status) as (keyof typeof status)[]) delete status[field]
}

/** What happens in one pass, from top to bottom: each policy sees what the ones before it have decided. */
const policies: readonly Policy[] = [
  beginAnew, // the spec was refused, and is mended
  countPods, // what the ReplicaSets report
  judgeTemplates, // Progressing, Running, Successful, Failed or Error
  noteAvailability, // all pods are there for the first time: the duration counts from now
  followAnalyses, // runs are started and followed
  tellPhase, // the phase of the whole
  endTemplates, // what nothing is wrong with has done its work when the whole is over
  runPods, // ReplicaSets are created, sized, and scaled down after the end
  exposePods, // Services come and go with the pods
  endRuns, // what is still measured at the end is cut off
  tellConditions,
]

/** What happens where the spec is refused: what runs ends. */
const policiesOfRefused: readonly Policy[] = [refuseSpec, runPods, exposePods, endRuns, tellConditions]

/** What is to be done about an Experiment now, and what its status is then. Pure: the same snapshot gives the same plan. */
export const decide = (snapshot: ExperimentSnapshot): ExperimentPlan => {
  const draft = new ExperimentDraft(snapshot)
  for (const policy of snapshot.fault === undefined ? policies : policiesOfRefused) policy(draft)
  return draft.plan
}
