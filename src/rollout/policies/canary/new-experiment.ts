import type { ExperimentManifest, ExperimentTemplate } from '../../../api/experiment.ts'
import type { ExperimentStep } from '../../../api/experiment-step.ts'
import { type FieldError, invalid } from '../../../api/field-error.ts'
import { instanceIdLabel, podTemplateHashLabel, revisionAnnotation } from '../../../api/labels.ts'
import { ownerReferenceTo } from '../../../api/owner-reference.ts'
import type { DeepReadonly } from '../../../lib/json.ts'
import { cloneJson } from '../../../lib/json-value.ts'
import { argumentsOf, RolloutArgumentError } from '../../analysis-arguments.ts'
import type { Draft } from '../../draft.ts'
import { maxWeight, weightAtStep } from '../../math/weight.ts'
import type { WorkingReplicaSet } from '../../working-replica-set.ts'
import { argumentSourcesOf } from '../shared/argument-sources.ts'

type Step = DeepReadonly<ExperimentStep>
type StepTemplate = Step['templates'][number]
type Part<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: FieldError }

/** `<rollout>-<hash>-<revision>-<index of the step>`, as published. */
export const experimentNameOf = (draft: Draft, index: number): string =>
  `${draft.snapshot.rollout.metadata.name}-${draft.next?.hash ?? ''}-${draft.revision}-${index}`

const refused = (field: string, value: unknown, detail: string): Part<never> => ({
  ok: false,
  error: invalid(field, value, detail),
})

const sourceOf = ({ next, stable }: Draft, { specRef }: StepTemplate): WorkingReplicaSet | undefined => {
  if (specRef === 'canary') return next
  return specRef === 'stable' ? stable : undefined
}

/** A weight needs a Service to be sent to, even where none is asked for. */
const serviceOf = ({ weight, service }: StepTemplate): Pick<ExperimentTemplate, 'service'> => {
  if (weight === undefined && service === undefined) return {}
  const name = service?.name ?? ''
  return { service: name === '' ? {} : { name } }
}

/** The pods of the ReplicaSet that is referred to, with the labels and annotations of the step. */
const podsOf = ({ object }: WorkingReplicaSet, step: StepTemplate): ExperimentTemplate['template'] => {
  const { metadata = {}, ...rest } = cloneJson(object.spec.template) as ExperimentTemplate['template']
  const labels = { ...metadata.labels, ...step.metadata?.labels }
  const annotations = { ...metadata.annotations, ...step.metadata?.annotations }
  const isAnnotated = Object.keys(annotations).length > 0
  return { ...rest, metadata: { ...metadata, labels, ...(isAnnotated && { annotations }) } }
}

/** Labels of the step are part of the selector, as published. */
const selectorOf = ({ object }: WorkingReplicaSet, step: StepTemplate): ExperimentTemplate['selector'] => {
  const selector = cloneJson(step.selector ?? object.spec.selector) as ExperimentTemplate['selector']
  const { labels } = step.metadata ?? {}
  return labels === undefined ? selector : { ...selector, matchLabels: { ...selector.matchLabels, ...labels } }
}

const templateOf = (draft: Draft, step: StepTemplate, at: string): Part<ExperimentTemplate> => {
  const set = sourceOf(draft, step)
  if (set === undefined) {
    return refused(`${at}.specRef`, step.specRef, 'Invalid template step SpecRef: must be canary or stable')
  }
  const { minReadySeconds = 0 } = set.object.spec
  return {
    ok: true,
    value: {
      name: step.name,
      ...(step.replicas !== undefined && { replicas: step.replicas }),
      ...(minReadySeconds > 0 && { minReadySeconds }),
      selector: selectorOf(set, step),
      template: podsOf(set, step),
      ...serviceOf(step),
    },
  }
}

type Analyses = NonNullable<ExperimentManifest['spec']['analyses']>

const analysesOf = (draft: Draft, step: Step, at: string): Part<Analyses> => {
  const sources = argumentSourcesOf(draft)
  try {
    const value = (step.analyses ?? []).map(({ args = [], ...analysis }) => {
      const known = argumentsOf(args, sources)
      return { ...analysis, ...(known.length > 0 && { args: [...known] }) }
    })
    return { ok: true, value }
  } catch (error) {
    if (error instanceof RolloutArgumentError) return refused(`${at}.analyses`, step.analyses?.length, error.message)
    throw error
  }
}

/** With the canary's own, the weights of the pods must leave something, or nothing, for stable. */
const weightFault = (draft: Draft, step: Step, index: number, at: string): FieldError | undefined => {
  const canary = weightAtStep(draft.release, index)
  const sum = step.templates.reduce((total, { weight = 0 }) => total + weight, canary)
  const most = maxWeight(draft.release)
  if (sum <= most && step.templates.every(({ weight = 0 }) => weight >= 0)) return undefined
  const detail = `the weights of the experiment and that of the canary, ${canary}, must be 0 or more and add up to ${most} at most`
  return invalid(`${at}.templates`, sum, detail)
}

const labelsOf = (draft: Draft): Record<string, string> => ({
  ...draft.snapshot.rollout.metadata.labels,
  [podTemplateHashLabel]: draft.next?.hash ?? '',
  ...(draft.snapshot.instanceId !== '' && { [instanceIdLabel]: draft.snapshot.instanceId }),
})

/** The optional parts of the spec that come from the step as they are. */
const copiedFrom = ({ duration, dryRun, analysisRunMetadata, scaleDownDelaySeconds }: Step) => ({
  ...(duration !== undefined && { duration }),
  ...(dryRun !== undefined && { dryRun: cloneJson(dryRun) as ExperimentManifest['spec']['dryRun'] }),
  ...(analysisRunMetadata !== undefined && {
    analysisRunMetadata: cloneJson(analysisRunMetadata) as ExperimentManifest['spec']['analysisRunMetadata'],
  }),
  ...(scaleDownDelaySeconds !== undefined && { scaleDownDelaySeconds }),
})

/** The Experiment of a step, or what keeps it from being made. */
export const newExperiment = (draft: Draft, step: Step, index: number): Part<ExperimentManifest> => {
  const { metadata, spec } = draft.snapshot.rollout
  const at = `spec.strategy.canary.steps[${index}].experiment`
  const templates = step.templates.map((template, position) =>
    templateOf(draft, template, `${at}.templates[${position}]`),
  )
  const analyses = analysesOf(draft, step, at)
  const fault = weightFault(draft, step, index, at)
  if (fault !== undefined) return { ok: false, error: fault }
  const wrong = [...templates, analyses].find((part) => !part.ok)
  if (wrong?.ok === false) return wrong
  return {
    ok: true,
    value: {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Experiment',
      metadata: {
        name: experimentNameOf(draft, index),
        ...(metadata.namespace !== undefined && { namespace: metadata.namespace }),
        labels: labelsOf(draft),
        annotations: { [revisionAnnotation]: String(draft.revision) },
        ownerReferences: [ownerReferenceTo('Rollout', draft.snapshot.rollout)],
      },
      spec: {
        templates: templates.flatMap((template) => (template.ok ? [template.value] : [])),
        ...copiedFrom(step),
        ...(spec.progressDeadlineSeconds !== undefined && { progressDeadlineSeconds: spec.progressDeadlineSeconds }),
        ...(analyses.ok && analyses.value.length > 0 && { analyses: analyses.value }),
      },
    },
  }
}
