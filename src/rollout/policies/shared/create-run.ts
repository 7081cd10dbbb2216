import type { AnalysisRunManifest } from '../../../api/analysis-run.ts'
import { invalid } from '../../../api/field-error.ts'
import {
  instanceIdLabel,
  podTemplateHashLabel,
  type RolloutType,
  revisionAnnotation,
  rolloutTypeLabel,
  rolloutTypes,
  stepIndexLabel,
} from '../../../api/labels.ts'
import type { RolloutAnalysis } from '../../../api/rollout-analysis.ts'
import {
  mergeArgs,
  mergeMetricRules,
  mergeTemplates,
  TemplateMergeError,
} from '../../../api/validation/analysis-templates.ts'
import { followTemplateRefs } from '../../../api/validation/template-references.ts'
import type { DeepReadonly } from '../../../lib/json.ts'
import { cloneJson } from '../../../lib/json-value.ts'
import { argumentsOf, RolloutArgumentError } from '../../analysis-arguments.ts'
import type { Draft } from '../../draft.ts'
import { ownerReferenceTo } from '../../new-replica-set.ts'
import type { WorkingRun } from '../../working-analysis-runs.ts'

/** What a strategy wants to have measured. */
export interface WantedRun {
  readonly analysis: DeepReadonly<RolloutAnalysis>
  readonly type: RolloutType
  /** Index of the step that it belongs to. */
  readonly index?: number
}

const suffixes: Readonly<Partial<Record<RolloutType, string>>> = {
  [rolloutTypes.prePromotion]: '-pre',
  [rolloutTypes.postPromotion]: '-post',
}

const nameOf = (draft: Draft, hash: string, { type, index }: WantedRun): string => {
  const suffix = index === undefined ? (suffixes[type] ?? '') : `-${index}`
  return `${draft.snapshot.rollout.metadata.name}-${hash}-${draft.revision}${suffix}`
}

const labelsOf = (draft: Draft, hash: string, { analysis, type, index }: WantedRun): Record<string, string> => ({
  [podTemplateHashLabel]: hash,
  [rolloutTypeLabel]: type,
  ...(index !== undefined && { [stepIndexLabel]: String(index) }),
  ...(draft.snapshot.instanceId !== '' && { [instanceIdLabel]: draft.snapshot.instanceId }),
  ...analysis.analysisRunMetadata?.labels,
  // The selector's labels win, so that the run is found by them like everything else of the Rollout.
  ...draft.snapshot.rollout.spec.selector?.matchLabels,
})

const specOf = (draft: Draft, hash: string, { analysis }: WantedRun): AnalysisRunManifest['spec'] => {
  const { rollout, templates } = draft.snapshot
  const found = followTemplateRefs(analysis.templates ?? [], templates)
  if (found.missing.length > 0) throw new TemplateMergeError(found.missing.join(', '))
  const merged = mergeTemplates([...found.templates, ...found.clusterTemplates])
  const sources = { rollout, latestHash: hash, stableHash: draft.before.stableRS ?? '' }
  const args = mergeArgs(argumentsOf(analysis.args ?? [], sources), merged.args)
  const dryRun = mergeMetricRules([...(analysis.dryRun ?? []), ...merged.dryRun], 'Dry-Run')
  const retention = [...(analysis.measurementRetention ?? []), ...merged.measurementRetention]
  const measurementRetention = mergeMetricRules(retention, 'Measurement Retention')
  return cloneJson({
    metrics: merged.metrics,
    ...(args.length > 0 && { args }),
    ...(dryRun.length > 0 && { dryRun }),
    ...(measurementRetention.length > 0 && { measurementRetention }),
  }) as AnalysisRunManifest['spec']
}

/**
 * Has an AnalysisRun created for the new revision. What keeps it from being built is a fault of the Rollout, or of the
 * templates it names: the message says which.
 */
export const createRun = (draft: Draft, wanted: WantedRun): WorkingRun | undefined => {
  const { rollout } = draft.snapshot
  const hash = draft.next?.hash ?? ''
  const annotations = {
    [revisionAnnotation]: String(draft.revision),
    ...wanted.analysis.analysisRunMetadata?.annotations,
  }
  try {
    const name = draft.runs.create(
      {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'AnalysisRun',
        metadata: {
          name: nameOf(draft, hash, wanted),
          ...(rollout.metadata.namespace !== undefined && { namespace: rollout.metadata.namespace }),
          labels: labelsOf(draft, hash, wanted),
          annotations,
          ownerReferences: [ownerReferenceTo(rollout)],
        },
        spec: specOf(draft, hash, wanted),
      },
      `start the ${wanted.type} analysis`,
    )
    return draft.runs.get(name)
  } catch (error) {
    if (!(error instanceof TemplateMergeError) && !(error instanceof RolloutArgumentError)) throw error
    const at = wanted.index === undefined ? 'analysis' : `steps[${wanted.index}].analysis`
    const names = (wanted.analysis.templates ?? []).map(({ templateName }) => templateName).join(' ')
    draft.faults.push(invalid(`spec.strategy.canary.${at}.templates`, `templateNames: [${names}]`, error.message))
    return undefined
  }
}
