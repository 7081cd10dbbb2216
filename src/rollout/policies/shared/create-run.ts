import { analysisRunFromTemplates, type NewRunResult } from '../../../analysis/new-run.ts'
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
import { ownerReferenceTo } from '../../../api/owner-reference.ts'
import type { RolloutAnalysis } from '../../../api/rollout-analysis.ts'
import { followTemplateRefs } from '../../../api/validation/template-references.ts'
import type { DeepReadonly } from '../../../lib/json.ts'
import { argumentsOf, RolloutArgumentError } from '../../analysis-arguments.ts'
import type { Draft } from '../../draft.ts'
import { isBlueGreen } from '../../math/release.ts'
import type { WorkingRun } from '../../working-analysis-runs.ts'
import { argumentSourcesOf } from './argument-sources.ts'

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

const buildRun = (draft: Draft, wanted: WantedRun): NewRunResult => {
  const { rollout, templates } = draft.snapshot
  const { analysis } = wanted
  const hash = draft.next?.hash ?? ''
  const found = followTemplateRefs(analysis.templates ?? [], templates)
  if (found.faults.length > 0) return { ok: false, error: found.faults.join(', ') }
  return analysisRunFromTemplates({
    ...found,
    args: argumentsOf(analysis.args ?? [], argumentSourcesOf(draft)),
    ...(analysis.dryRun && { dryRun: analysis.dryRun }),
    ...(analysis.measurementRetention && { measurementRetention: analysis.measurementRetention }),
    name: nameOf(draft, hash, wanted),
    namespace: rollout.metadata.namespace ?? '',
    labels: labelsOf(draft, hash, wanted),
    annotations: { [revisionAnnotation]: String(draft.revision), ...analysis.analysisRunMetadata?.annotations },
    owner: ownerReferenceTo('Rollout', rollout),
  })
}

const tryBuildRun = (draft: Draft, wanted: WantedRun): NewRunResult => {
  try {
    return buildRun(draft, wanted)
  } catch (error) {
    if (error instanceof RolloutArgumentError) return { ok: false, error: error.message }
    throw error
  }
}

const placeOf = (draft: Draft, { type, index }: WantedRun): string => {
  const strategy = isBlueGreen(draft.release) ? 'blueGreen' : 'canary'
  if (type === rolloutTypes.prePromotion) return `${strategy}.prePromotionAnalysis`
  if (type === rolloutTypes.postPromotion) return `${strategy}.postPromotionAnalysis`
  return index === undefined ? 'canary.analysis' : `canary.steps[${index}].analysis`
}

/**
 * Has an AnalysisRun created for the new revision. What keeps it from being built is a fault of the Rollout, or of the
 * templates it names: the message says which.
 */
export const createRun = (draft: Draft, wanted: WantedRun): WorkingRun | undefined => {
  const built = tryBuildRun(draft, wanted)
  if (built.ok) return draft.runs.get(draft.runs.create(built.run, `start the ${wanted.type} analysis`).name)
  const names = (wanted.analysis.templates ?? []).map(({ templateName }) => templateName).join(' ')
  draft.faults.push(
    invalid(`spec.strategy.${placeOf(draft, wanted)}.templates`, `templateNames: [${names}]`, built.error),
  )
  return undefined
}
