import type { ExperimentAnalysis } from '../api/experiment.ts'
import { templateMetricFaults } from '../api/validation/metric-faults.ts'
import { followTemplateRefs } from '../api/validation/template-references.ts'
import type { DeepReadonly } from '../lib/json.ts'
import type { ExperimentDraft } from './draft.ts'

type Analysis = DeepReadonly<ExperimentAnalysis>

const kindOf = ({ clusterScope = false }: Analysis): string =>
  clusterScope ? 'ClusterAnalysisTemplate' : 'AnalysisTemplate'

const missing = ({ snapshot }: ExperimentDraft, analysis: Analysis): string | undefined => {
  const { templateName: name, clusterScope = false } = analysis
  const { templates } = snapshot
  const found = clusterScope ? templates.clusterTemplate(name) : templates.template(name)
  return found === undefined ? `${kindOf(analysis).toLowerCase()}.argoproj.io "${name}" not found` : undefined
}

/** What no run could ever measure. Further templates that are missing may come until the run is made. */
const unmeasurable = ({ snapshot }: ExperimentDraft, analysis: Analysis): string | undefined => {
  const { templateName, clusterScope = false, args = [] } = analysis
  const { templates, clusterTemplates, circles } = followTemplateRefs(
    [{ templateName, clusterScope }],
    snapshot.templates,
  )
  const faults = [...templates, ...clusterTemplates].flatMap((template) =>
    templateMetricFaults(template, args, snapshot.refuseMetric),
  )
  const all = [...circles, ...faults]
  return all.length === 0 ? undefined : all.join('; ')
}

/**
 * Why an analysis can come to nothing, told before a single pod runs, in the published words: its template is missing. Beyond that: it
 * includes itself, asks for a provider that is not there, or has a query, a condition or a guard that is wrong.
 */
export const templateFault = (draft: ExperimentDraft, analysis: Analysis): string | undefined => {
  const fault = missing(draft, analysis) ?? unmeasurable(draft, analysis)
  return fault && `${kindOf(analysis)} verification failed for analysis '${analysis.name}': ${fault}`
}
