import { analysisRunFromTemplates, type NewRunResult } from '../analysis/new-run.ts'
import type { ExperimentAnalysis } from '../api/experiment.ts'
import { instanceIdLabel } from '../api/labels.ts'
import { ownerReferenceTo } from '../api/owner-reference.ts'
import type { NamedTemplate } from '../api/validation/metric-faults.ts'
import { matchesAnyMetric } from '../api/validation/metric-rules.ts'
import { followTemplateRefs } from '../api/validation/template-references.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { TemplateError } from '../lib/template.ts'
import { ExperimentArgumentError, resolveArguments } from './arguments.ts'
import type { ExperimentDraft } from './draft.ts'

type Analysis = DeepReadonly<ExperimentAnalysis>

/** What an analysis refers to, and from there on. */
const templatesOf = ({ snapshot }: ExperimentDraft, { templateName, clusterScope = false }: Analysis) =>
  followTemplateRefs([{ templateName, clusterScope }], snapshot.templates)

const metricsOf = (draft: ExperimentDraft, analysis: Analysis): readonly { readonly name: string }[] => {
  const { templates, clusterTemplates } = templatesOf(draft, analysis)
  return [...templates, ...clusterTemplates].flatMap(({ spec }: NamedTemplate) => spec.metrics ?? [])
}

/**
 * The rules of the Experiment that are for this run: a rule that is about the metrics of another analysis would make the
 * run invalid. One that is about no metric at all is left, so that somebody is told.
 */
const rulesFor = <Rule extends { readonly metricName: string }>(
  draft: ExperimentDraft,
  analysis: Analysis,
  rules: readonly Rule[] = [],
): readonly Rule[] => {
  const own = metricsOf(draft, analysis)
  const all = (draft.snapshot.experiment.spec.analyses ?? []).flatMap((each) => metricsOf(draft, each))
  return rules.filter((rule) => matchesAnyMetric(rule, own) || !matchesAnyMetric(rule, all))
}

const build = (draft: ExperimentDraft, analysis: Analysis): NewRunResult => {
  const { experiment, instanceId } = draft.snapshot
  const { metadata, spec } = experiment
  const { templates, clusterTemplates, faults } = templatesOf(draft, analysis)
  if (faults.length > 0) return { ok: false, error: faults.join(', ') }
  return analysisRunFromTemplates({
    templates,
    clusterTemplates,
    args: resolveArguments(draft, analysis.args ?? []),
    dryRun: rulesFor(draft, analysis, spec.dryRun),
    measurementRetention: rulesFor(draft, analysis, spec.measurementRetention),
    name: `${metadata.name}-${analysis.name}`,
    namespace: metadata.namespace ?? '',
    labels: { ...(instanceId !== '' && { [instanceIdLabel]: instanceId }), ...spec.analysisRunMetadata?.labels },
    annotations: { ...spec.analysisRunMetadata?.annotations },
    owner: ownerReferenceTo('Experiment', experiment),
  })
}

/** The AnalysisRun of an analysis, under its first name; or the message why there can be none. */
export const newRun = (draft: ExperimentDraft, analysis: Analysis): NewRunResult => {
  try {
    return build(draft, analysis)
  } catch (error) {
    if (error instanceof TemplateError || error instanceof ExperimentArgumentError) {
      return { ok: false, error: error.message }
    }
    throw error
  }
}
