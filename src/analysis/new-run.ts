import type { AnalysisRunManifest, AnalysisRunSpec } from '../api/analysis-run.ts'
import type { Argument } from '../api/analysis-template.ts'
import type { OwnerReference } from '../api/kubernetes/object-meta.ts'
import type { DryRun, MeasurementRetention } from '../api/rollout-analysis.ts'
import {
  mergeArgs,
  mergeMetricRules,
  mergeTemplates,
  type TemplateContent,
  TemplateMergeError,
} from '../api/validation/analysis-templates.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { cloneJson } from '../lib/json-value.ts'

/** What a new AnalysisRun is made of. */
export interface NewRun {
  readonly templates: readonly TemplateContent[]
  readonly clusterTemplates?: readonly TemplateContent[]
  /** Arguments of the caller, with values or a Secret to read; those that no template declares are dropped. */
  readonly args?: readonly DeepReadonly<Argument>[]
  readonly dryRun?: readonly DeepReadonly<DryRun>[]
  readonly measurementRetention?: readonly DeepReadonly<MeasurementRetention>[]
  readonly name: string
  readonly namespace: string
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly owner?: DeepReadonly<OwnerReference>
}

/** A run to be created, or the published message why there can be none. */
export type NewRunResult =
  | { readonly ok: true; readonly run: AnalysisRunManifest }
  | { readonly ok: false; readonly error: string }

const nonEmpty = <T>(key: string, list: readonly T[]): Record<string, readonly T[]> =>
  list.length === 0 ? {} : { [key]: list }

const specOf = ({
  templates,
  clusterTemplates = [],
  args = [],
  dryRun = [],
  measurementRetention = [],
}: NewRun): AnalysisRunSpec => {
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

/**
 * The AnalysisRun that templates and arguments make together, by the published rules: namespaced templates first, a metric, a dry-run
 * rule or a retention rule only once, a given value before the template's own. Pure; nothing is validated beyond the merge.
 */
export const analysisRunFromTemplates = (input: NewRun): NewRunResult => {
  const { name, namespace, labels, annotations, owner } = input
  try {
    const run: AnalysisRunManifest = {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AnalysisRun',
      metadata: {
        name,
        namespace,
        ...(labels && { labels: { ...labels } }),
        ...(annotations && { annotations: { ...annotations } }),
        ...(owner && { ownerReferences: [{ ...owner }] }),
      },
      spec: specOf(input),
    }
    return { ok: true, run }
  } catch (error) {
    if (error instanceof TemplateMergeError) return { ok: false, error: error.message }
    throw error
  }
}
