import type { DeepReadonly } from '../../lib/json.ts'
import { TemplateError } from '../../lib/template.ts'
import type { Argument } from '../analysis-template.ts'
import { type FieldError, invalid } from '../field-error.ts'
import { effectiveCount } from '../metric-limits.ts'
import type { RolloutManifest } from '../rollout.ts'
import type { RolloutAnalysis } from '../rollout-analysis.ts'
import type { CanaryStep } from '../steps.ts'
import { mergeArgs, mergeTemplates, TemplateMergeError } from './analysis-templates.ts'
import { ArgumentError, resolveMetricArgs } from './metric-args.ts'
import { type NamedTemplate, type RefuseMetric, templateMetricFaults } from './metric-faults.ts'
import { followTemplateRefs, type TemplateLookup } from './template-references.ts'

export type { NamedTemplate }

/** One place in a strategy that starts an analysis. */
export interface AnalysisUse {
  readonly analysis: DeepReadonly<RolloutAnalysis>
  readonly field: string
  /** A background analysis may run for ever; every other one must end by itself. */
  readonly background: boolean
  /** Its run is started by an Experiment, which ends it in time and tells by itself of templates that are missing. */
  readonly inExperiment?: boolean
}

/** The analyses of a step that runs an Experiment. */
const experimentUses = (step: DeepReadonly<CanaryStep>, index: number): AnalysisUse[] =>
  (step.experiment?.analyses ?? []).map(({ templateName, clusterScope = false, args = [] }, at) => ({
    analysis: { templates: [{ templateName, clusterScope }], args },
    field: `spec.strategy.canary.steps[${index}].experiment.analyses[${at}].templateName`,
    background: false,
    inExperiment: true,
  }))

/** The places of a Rollout that start analyses. */
export const analysisUses = ({ spec }: DeepReadonly<Pick<RolloutManifest, 'spec'>>): readonly AnalysisUse[] => {
  const { canary, blueGreen } = spec.strategy ?? {}
  const use = (
    analysis: DeepReadonly<RolloutAnalysis> | undefined,
    field: string,
    background = false,
  ): AnalysisUse[] =>
    analysis === undefined ? [] : [{ analysis, field: `spec.strategy.${field}.templates`, background }]
  return [
    ...use(blueGreen?.prePromotionAnalysis, 'blueGreen.prePromotionAnalysis'),
    ...use(blueGreen?.postPromotionAnalysis, 'blueGreen.postPromotionAnalysis'),
    ...(canary?.steps ?? []).flatMap((step, index) => [
      ...use(step.analysis, `canary.steps[${index}].analysis`),
      ...experimentUses(step, index),
    ]),
    ...use(canary?.analysis, 'canary.analysis', true),
    ...use(canary?.postPromotionAnalysis, 'canary.postPromotionAnalysis'),
  ]
}

/** Stands for a value that is known only when the analysis starts; the published validation puts the same text. */
const placeholder = 'dummy-value'

/** Arguments of a template with every value standing in, so that the metrics can be read. */
const withPlaceholders = (args: readonly DeepReadonly<Argument>[]): DeepReadonly<Argument>[] =>
  args.map((argument) => {
    if (argument.value !== undefined && argument.valueFrom !== undefined) {
      throw new ArgumentError(`arg '${argument.name}' has both Value and ValueFrom fields`)
    }
    return { name: argument.name, value: placeholder }
  })

const endlessMetrics = (template: NamedTemplate): readonly string[] => {
  const args = withPlaceholders(template.spec.args ?? [])
  const prefix = `AnalysisTemplate ${template.metadata.name}`
  return (template.spec.metrics ?? [])
    .map((metric) => resolveMetricArgs(metric, args))
    .filter((metric) => effectiveCount(metric) === undefined)
    .map(
      ({ name, count }) =>
        `${prefix} has metric ${name} which runs indefinitely. Invalid value for count: ${count ?? '<nil>'}`,
    )
}

const endingErrors = (template: NamedTemplate, field: string): readonly FieldError[] => {
  const name = template.metadata.name ?? ''
  try {
    return endlessMetrics(template).map((detail) => invalid(field, name, detail))
  } catch (error) {
    if (!(error instanceof ArgumentError) && !(error instanceof TemplateError)) throw error
    return [invalid(field, name, `AnalysisTemplate ${name}: ${error.message}`)]
  }
}

const backgroundErrors = (template: NamedTemplate, { analysis, field }: AnalysisUse): readonly FieldError[] => {
  const name = template.metadata.name ?? ''
  const given = analysis.args ?? []
  const open = (template.spec.args ?? []).filter(
    ({ value, valueFrom }) => value === undefined && valueFrom === undefined,
  )
  if (open.length === 0) return []
  if (given.length === 0) return [invalid(field, name, 'missing analysis arguments in rollout spec')]
  return open
    .filter((argument) => !given.some((candidate) => candidate.name === argument.name))
    .map((argument) => invalid(field, name, argument.name))
}

/** Values that are known only at run time, as the published validation fills them in. */
const givenArgs = (analysis: DeepReadonly<RolloutAnalysis>): DeepReadonly<Argument>[] =>
  (analysis.args ?? []).map(({ name, value, valueFrom }) => ({
    name,
    value: valueFrom === undefined ? (value ?? '') : placeholder,
  }))

/** What keeps templates from being merged with the arguments that their use gives. At most one fault. */
export const mergeErrors = (use: AnalysisUse, templates: readonly NamedTemplate[]): readonly FieldError[] => {
  if (templates.length === 0) return []
  try {
    mergeArgs(givenArgs(use.analysis), mergeTemplates(templates).args)
    return []
  } catch (error) {
    if (!(error instanceof TemplateMergeError)) throw error
    const names = templates.map(({ metadata }) => metadata.name).join(' ')
    return [invalid(use.field, `templateNames: [${names}]`, error.message)]
  }
}

/** What makes templates, each by itself, unfit for their use. Messages are the published ones. */
export const fitnessErrors = (use: AnalysisUse, templates: readonly NamedTemplate[]): readonly FieldError[] =>
  templates.flatMap((template) =>
    use.background ? backgroundErrors(template, use) : endingErrors(template, use.field),
  )

/** A release that nobody could judge is refused before it begins, not when it comes to its analysis. */
const metricErrors = (
  { analysis, field }: AnalysisUse,
  templates: readonly NamedTemplate[],
  refuse: RefuseMetric,
): readonly FieldError[] =>
  templates.flatMap((template) =>
    templateMetricFaults(template, analysis.args ?? [], refuse).map((fault) =>
      invalid(field, template.metadata.name ?? '', fault),
    ),
  )

const referenceErrors = ({ field }: AnalysisUse, faults: readonly string[]): readonly FieldError[] =>
  faults.map((detail) => invalid(field, /'(.*)'/.exec(detail)?.[1] ?? '', detail))

/**
 * The same for an analysis of an Experiment. The published controller looks at its templates only when the Experiment does; what is there
 * already, and can never be measured, is told before.
 */
const experimentUseErrors = (
  use: AnalysisUse,
  lookup: TemplateLookup<NamedTemplate>,
  refuse: RefuseMetric,
): readonly FieldError[] => {
  const { templates, clusterTemplates, circles } = followTemplateRefs(use.analysis.templates ?? [], lookup)
  return [...referenceErrors(use, circles), ...metricErrors(use, [...templates, ...clusterTemplates], refuse)]
}

/** Faults of what one analysis of a Rollout refers to: templates that are missing, do not fit, or cannot be measured. */
export const analysisUseErrors = (
  use: AnalysisUse,
  lookup: TemplateLookup<NamedTemplate>,
  refuse: RefuseMetric,
): readonly FieldError[] => {
  if (use.inExperiment === true) return experimentUseErrors(use, lookup, refuse)
  const { templates, clusterTemplates, faults } = followTemplateRefs(use.analysis.templates ?? [], lookup)
  if (faults.length > 0) return referenceErrors(use, faults)
  const found = [...templates, ...clusterTemplates]
  const unmerged = mergeErrors(use, found)
  if (unmerged.length > 0) return unmerged
  return [...fitnessErrors(use, found), ...metricErrors(use, found, refuse)]
}
