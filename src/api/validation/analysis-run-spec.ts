import type { DeepReadonly } from '../../lib/json.ts'
import { cloneJson } from '../../lib/json-value.ts'
import type { AnalysisRunSpec } from '../analysis-run.ts'
import type { Argument } from '../analysis-template.ts'
import type { DryRun, MeasurementRetention } from '../rollout-analysis.ts'
import { mergeArgs, mergeMetricRules, mergeTemplates, type TemplateContent } from './analysis-templates.ts'

/** What the spec of a new AnalysisRun is made of. */
export interface RunContent {
  readonly templates: readonly TemplateContent[]
  readonly clusterTemplates?: readonly TemplateContent[]
  /** Arguments of the caller, with values or a Secret to read; those that no template declares are dropped. */
  readonly args?: readonly DeepReadonly<Argument>[]
  readonly dryRun?: readonly DeepReadonly<DryRun>[]
  readonly measurementRetention?: readonly DeepReadonly<MeasurementRetention>[]
}

const nonEmpty = <T>(key: string, list: readonly T[]): Record<string, readonly T[]> =>
  list.length === 0 ? {} : { [key]: list }

/**
 * The spec of the AnalysisRun that templates and arguments make together, by the published rules: namespaced templates first, a
 * metric, a dry-run rule or a retention rule only once, a given value before the template's own. Throws TemplateMergeError.
 */
export const analysisRunSpecOf = ({
  templates,
  clusterTemplates = [],
  args = [],
  dryRun = [],
  measurementRetention = [],
}: RunContent): AnalysisRunSpec => {
  const merged = mergeTemplates([...templates, ...clusterTemplates])
  const spec = {
    metrics: merged.metrics,
    ...nonEmpty('args', mergeArgs(args, merged.args)),
    ...nonEmpty('dryRun', mergeMetricRules([...dryRun, ...merged.dryRun], 'Dry-Run')),
    ...nonEmpty(
      'measurementRetention',
      mergeMetricRules([...measurementRetention, ...merged.measurementRetention], 'Measurement Retention'),
    ),
  }
  return cloneJson(spec) as AnalysisRunSpec
}
