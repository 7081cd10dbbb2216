import { DurationError, parseDuration } from '../../lib/duration.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import type { ExperimentManifest } from '../experiment.ts'
import { experimentDeadlineSecondsOf } from '../experiment-defaults.ts'

type Manifest = DeepReadonly<ExperimentManifest>
type Template = Manifest['spec']['templates'][number]

const selectorFault = ({ selector }: Template, index: number): string | undefined => {
  if (selector === undefined || selector === null) {
    return `Rollout has missing field '.Spec.Templates[${index}].Selector'`
  }
  // A selector with an empty matchLabels passes, as published; the API server refuses the ReplicaSet then.
  return Object.keys(selector).length === 0
    ? `This experiment is selecting all pods at index ${index}. A non-empty selector is required.`
    : undefined
}

/**
 * The first thing that is wrong with an Experiment, in the words of the published controller, which reports one.
 * Undefined when it is fine.
 */
export const experimentFault = ({ metadata, spec }: Manifest): string | undefined => {
  const deadline = experimentDeadlineSecondsOf({ spec })
  const seen = new Set<string>()
  for (const [index, template] of (spec.templates ?? []).entries()) {
    const selector = selectorFault(template, index)
    if (selector !== undefined) return selector
    if ((template.minReadySeconds ?? 0) > deadline) {
      return `MinReadySeconds cannot be longer than ProgressDeadlineSeconds. Check template index ${index}`
    }
    const name = template.name ?? ''
    if (name === '') return `Experiment ${metadata.name} has empty template name at index ${index}`
    if (seen.has(name)) return `Experiment ${metadata.name} has repeated template name '${name}' in templates`
    seen.add(name)
  }
  return undefined
}

const durationFault = ({ spec }: Manifest): string | undefined => {
  try {
    if (spec.duration !== undefined && spec.duration !== '') parseDuration(spec.duration)
    return undefined
  } catch (error) {
    if (error instanceof DurationError) return `spec.duration: ${error.message}`
    throw error
  }
}

/**
 * What is wrong with an Experiment and passes the published validation: it would run for ever, or mix up two analyses.
 * Undefined when it is fine.
 */
export const unpublishedExperimentFault = (experiment: Manifest): string | undefined => {
  const names = (experiment.spec.analyses ?? []).map(({ name }) => name)
  const repeated = names.find((name, index) => names.indexOf(name) !== index)
  if (repeated !== undefined) {
    return `Experiment ${experiment.metadata.name} has repeated analysis name '${repeated}' in analyses`
  }
  return durationFault(experiment)
}
