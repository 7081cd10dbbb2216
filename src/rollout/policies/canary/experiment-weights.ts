import type { WeightDestination } from '../../../api/canary-status.ts'
import type { Draft } from '../../draft.ts'
import { currentStep } from '../../math/release.ts'
import { currentExperiment } from './follow-experiment.ts'

/**
 * The shares of the traffic that go to pods of the current experiment: only while it runs, since then all of its pods are
 * available, and only to those that a Service leads to.
 */
export const experimentWeights = (draft: Draft): readonly WeightDestination[] => {
  const step = currentStep(draft.release)?.experiment
  const experiment = currentExperiment(draft)
  if (step === undefined || experiment?.status?.phase !== 'Running' || experiment.spec.terminate === true) return []
  return step.templates.flatMap(({ name, weight }) => {
    const state = experiment.status?.templateStatuses?.find((template) => template.name === name)
    const { serviceName = '', podTemplateHash = '' } = state ?? {}
    return weight === undefined || serviceName === '' ? [] : [{ weight, serviceName, podTemplateHash }]
  })
}
