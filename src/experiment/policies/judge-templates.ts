import type { ExperimentTemplate, TemplateStatus } from '../../api/experiment.ts'
import { experimentDeadlineSecondsOf, templateReplicasOf } from '../../api/experiment-defaults.ts'
import { isTemplateCompleted, type TemplatePhase } from '../../api/phases.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { fromRfc3339 } from '../../lib/rfc3339.ts'
import type { ExperimentDraft } from '../draft.ts'
import { templateChanged } from '../events.ts'
import { isDurationOver, isEnding } from './ending.ts'

interface State {
  readonly status: TemplatePhase
  readonly message?: string
}

/** Puts a template into a state, and tells of the change. */
export const enter = (draft: ExperimentDraft, template: TemplateStatus, { status, message }: State): void => {
  const from = template.status ?? ''
  if (message === undefined) delete template.message
  else template.message = message
  if (from === status) return
  template.status = status
  draft.announce({ event: templateChanged({ name: template.name, from, to: status, message }) })
}

/** Until when the pods of a template must have made progress, in milliseconds since the epoch. */
const deadlineOf = ({ snapshot }: ExperimentDraft, { lastTransitionTime }: TemplateStatus): number =>
  (fromRfc3339(lastTransitionTime) ?? snapshot.now) + experimentDeadlineSecondsOf(snapshot.experiment) * 1000

const stateOf = (
  draft: ExperimentDraft,
  spec: DeepReadonly<ExperimentTemplate>,
  template: TemplateStatus,
  isLast: boolean,
): State => {
  const { snapshot } = draft
  const refused = snapshot.failures.templates.get(template.name)
  if (refused !== undefined) return { status: 'Error', message: refused }
  if (draft.replicaSetsOf(template.name).length > 1) {
    return { status: 'Error', message: `multiple ReplicaSets match single experiment template: ${template.name}` }
  }
  if (draft.servicesOf(template.name).length > 1) {
    return { status: 'Error', message: `multiple Services match single experiment template: ${template.name}` }
  }
  if (isLast) return { status: 'Successful' }
  if (template.availableReplicas === templateReplicasOf(spec)) {
    return { status: isDurationOver(draft) ? 'Successful' : 'Running' }
  }
  const seconds = experimentDeadlineSecondsOf(snapshot.experiment)
  const deadline = deadlineOf(draft, template)
  if (snapshot.now > deadline) {
    const message = `Template '${template.name}' exceeded its progressDeadlineSeconds (${seconds})`
    return { status: 'Failed', message }
  }
  // One millisecond later it is over, not only reached.
  draft.wake(deadline + 1)
  return { status: 'Progressing' }
}

/** Judges every template by its pods. A state that is final stays. */
export const judgeTemplates = (draft: ExperimentDraft): void => {
  const isLast = isEnding(draft)
  for (const spec of draft.snapshot.experiment.spec.templates) {
    const template = draft.template(spec.name)
    if (!isTemplateCompleted(template.status)) enter(draft, template, stateOf(draft, spec, template, isLast))
  }
}

/** Once the Experiment is over, pods that nothing is wrong with have done their work. */
export const endTemplates = (draft: ExperimentDraft): void => {
  if (!draft.isOver) return
  for (const { name } of draft.snapshot.experiment.spec.templates) {
    const template = draft.template(name)
    if (!isTemplateCompleted(template.status)) enter(draft, template, { status: 'Successful' })
  }
}
