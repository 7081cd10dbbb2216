import type { ExperimentDraft } from '../draft.ts'
import { durationEnd } from '../duration-end.ts'
import { isEnding } from './ending.ts'

/** Notes when the pods of all templates were first available: the duration counts, and the analyses run, from then. */
export const noteAvailability = (draft: ExperimentDraft): void => {
  const { status, snapshot } = draft
  const isRunning = snapshot.experiment.spec.templates.every(({ name }) => draft.template(name).status === 'Running')
  if (status.availableAt === undefined && isRunning && !isEnding(draft)) status.availableAt = draft.timestamp
  const end = durationEnd(snapshot.experiment, status)
  if (end !== undefined && end > snapshot.now && !isEnding(draft)) draft.wake(end)
}
