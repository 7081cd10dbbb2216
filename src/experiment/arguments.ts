import { readFieldPath } from '../analysis/field-path.ts'
import type { Argument } from '../api/analysis-template.ts'
import type { ExperimentStatus } from '../api/experiment.ts'
import { podTemplateHashLabel } from '../api/labels.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { toRfc3339 } from '../lib/rfc3339.ts'
import { expandValue } from '../lib/template.ts'
import type { ExperimentDraft } from './draft.ts'
import { durationEnd } from './duration-end.ts'

/** An argument whose value cannot be taken from the Experiment. */
export class ExperimentArgumentError extends Error {
  override readonly name = 'ExperimentArgumentError'
}

const ofExperiment = (draft: ExperimentDraft, status: ExperimentStatus): readonly (readonly [string, string])[] => {
  const end = durationEnd(draft.snapshot.experiment, status)
  return [
    ...(status.availableAt === undefined ? [] : [['experiment.availableAt', status.availableAt] as const]),
    ...(end === undefined ? [] : [['experiment.finishedAt', toRfc3339(end)] as const]),
  ]
}

const ofTemplates = (draft: ExperimentDraft): readonly (readonly [string, string])[] =>
  draft.snapshot.experiment.spec.templates.flatMap(({ name }) => {
    const metadata = draft.replicaSetsOf(name)[0]?.metadata
    if (metadata === undefined) return []
    const hash = metadata.labels?.[podTemplateHashLabel] ?? ''
    return [
      [`templates.${name}.podTemplateHash`, hash],
      [`templates.${name}.replicaset.name`, metadata.name],
    ] as const
  })

/**
 * The arguments of an analysis with what the Experiment knows. In a value, `{{templates.<name>.podTemplateHash}}`,
 * `{{templates.<name>.replicaset.name}}`, `{{experiment.availableAt}}` and `{{experiment.finishedAt}}` are replaced, as
 * published. A `fieldRef` reads the Experiment, and a Secret is left for the run to read: the published controller drops
 * both. Throws TemplateError and {@link ExperimentArgumentError}.
 */
export const resolveArguments = (
  draft: ExperimentDraft,
  args: readonly DeepReadonly<Argument>[],
): readonly DeepReadonly<Argument>[] => {
  const known = new Map([...ofExperiment(draft, draft.status), ...ofTemplates(draft)])
  return args.map((argument) => {
    const { name, value, valueFrom } = argument
    if (value !== undefined) return { name, value: expandValue(value, (tag) => known.get(tag)) }
    const path = valueFrom?.fieldRef?.fieldPath
    if (path === undefined) return argument
    const read = readFieldPath(draft.snapshot.experiment, path)
    if (read === undefined) {
      throw new ExperimentArgumentError(`argument "${name}": the Experiment has no scalar field ${path}`)
    }
    return { name, value: read }
  })
}
