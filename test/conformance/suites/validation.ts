import { z } from 'zod'
import type { ExperimentManifest } from '../../../src/api/experiment.ts'
import { type FieldError, formatFieldError } from '../../../src/api/field-error.ts'
import type { Service } from '../../../src/api/kubernetes/service.ts'
import { istioResources } from '../../../src/api/resources.ts'
import { parseRolloutManifest, type Rollout, type RolloutManifest } from '../../../src/api/rollout.ts'
import type { RolloutAnalysis } from '../../../src/api/rollout-analysis.ts'
import { serviceRolesOf } from '../../../src/api/service-roles.ts'
import { experimentFault } from '../../../src/api/validation/experiment.ts'
import { faultsOf } from '../../../src/api/validation/rollout.ts'
import { serviceErrors } from '../../../src/api/validation/service-references.ts'
import {
  type AnalysisUse,
  fitnessErrors,
  mergeErrors,
  type NamedTemplate,
} from '../../../src/api/validation/template-use.ts'
import type { JsonObject } from '../../../src/lib/json.ts'
import { findVirtualService } from '../../../src/routers/istio/desired-virtual-service.ts'
import { rolesOf } from '../../../src/routers/istio/destinations.ts'
import { namedVirtualServices } from '../../../src/routers/istio/spec.ts'
import { virtualServiceErrors } from '../../../src/routers/istio/validation.ts'
import { knownObjects, type WrittenObject } from '../../builders/known-objects.ts'
import { deviations } from '../deviations.ts'
import { compareAnswers, runCases, type Suite, type Verdict } from '../suite.ts'

const recordedErrors = z.array(z.object({ error: z.string() }))

const rolloutCase = z.object({
  id: z.string(),
  manifest: z.custom<RolloutManifest>(),
  errors: recordedErrors.nullish(),
  unmarshalError: z.string().optional(),
})

const texts = (errors: readonly FieldError[]): string[] => errors.map(formatFieldError)
const recorded = (errors: z.infer<typeof recordedErrors> | null | undefined): string[] =>
  (errors ?? []).map(({ error }) => error)

const judgeRollout = ({ manifest, errors, unmarshalError }: z.infer<typeof rolloutCase>): Verdict => {
  const got = texts(faultsOf(parseRolloutManifest(manifest), manifest))
  // What the published types cannot even read must be refused here too; its message is Go's own.
  if (unmarshalError !== undefined) return got.length > 0 ? { equal: true } : compareAnswers(unmarshalError, got)
  return compareAnswers(recorded(errors), got)
}

/** Rollouts by themselves. */
export const rolloutValidationSuite: Suite = {
  name: 'rollouts',
  file: 'validation.json',
  run: ({ rollouts }) => runCases(z.array(rolloutCase).parse(rollouts), judgeRollout, deviations),
}

const args = z.custom<RolloutAnalysis['args']>()

const templatesCase = z.object({
  id: z.string(),
  kind: z.literal('analysisTemplates'),
  type: z.string(),
  canaryStepIndex: z.number().optional(),
  rollout: z.custom<RolloutManifest>(),
  args,
  templates: z.array(z.custom<NamedTemplate>()),
  clusterTemplates: z.array(z.custom<NamedTemplate>()),
  errors: recordedErrors,
})

const serviceCase = z.object({
  id: z.string(),
  kind: z.literal('service'),
  type: z.string(),
  rollout: z.custom<RolloutManifest>(),
  object: z.custom<Service>(),
  errors: recordedErrors,
})

const analysisFields: Readonly<Record<string, string>> = {
  PrePromotionAnalysis: 'blueGreen.prePromotionAnalysis',
  PostPromotionAnalysis: 'blueGreen.postPromotionAnalysis',
  BackgroundAnalysis: 'canary.analysis',
}

const serviceFields: Readonly<Record<string, string>> = {
  ActiveService: 'blueGreen.activeService',
  PreviewService: 'blueGreen.previewService',
  StableService: 'canary.stableService',
  CanaryService: 'canary.canaryService',
  PingService: 'canary.pingPong.pingService',
  PongService: 'canary.pingPong.pongService',
}

const judgeTemplates = (testCase: z.infer<typeof templatesCase>): Verdict => {
  const { type, canaryStepIndex, rollout } = testCase
  const background = type === 'BackgroundAnalysis'
  const place = analysisFields[type] ?? `canary.steps[${canaryStepIndex}].analysis`
  const useWith = (given: RolloutAnalysis['args']): AnalysisUse => ({
    analysis: given === undefined ? {} : { args: given },
    field: `spec.strategy.${place}.templates`,
    background,
  })
  const all = [...testCase.templates, ...testCase.clusterTemplates]
  const unmerged = mergeErrors(useWith(testCase.args), all)
  const given = background ? rollout.spec.strategy?.canary?.analysis?.args : testCase.args
  return compareAnswers(
    recorded(testCase.errors),
    texts(unmerged.length > 0 ? unmerged : fitnessErrors(useWith(given), all)),
  )
}

const virtualServiceCase = z.object({
  id: z.string(),
  kind: z.literal('virtualService'),
  rollout: z.custom<RolloutManifest & Pick<Rollout, 'metadata'>>(),
  object: z.custom<JsonObject & WrittenObject>(),
  errors: recordedErrors,
})

/** The published controller checks one object at a time, and only if the Rollout names it. */
const judgeVirtualService = ({ rollout, object, errors }: z.infer<typeof virtualServiceCase>): Verdict => {
  const { canary } = rollout.spec.strategy ?? {}
  const spec = canary?.trafficRouting?.istio ?? {}
  const known = knownObjects(object)
  const roles = rolesOf(serviceRolesOf(rollout), spec, rollout)
  const named = namedVirtualServices({ spec, rollout, resources: istioResources.v1beta1 })
  const got = named
    .filter(({ ref }) => ref.name === object.metadata.name)
    .flatMap((one) => virtualServiceErrors(findVirtualService(one, rollout, known), roles))
  return compareAnswers(recorded(errors), texts(got))
}

const judgeService = ({ rollout, object, type, errors }: z.infer<typeof serviceCase>): Verdict => {
  const reference = { name: object.metadata.name, field: `spec.strategy.${serviceFields[type]}` }
  return compareAnswers(recorded(errors), texts(serviceErrors(rollout, reference, object)))
}

const referenceCase = z.union([templatesCase, serviceCase, virtualServiceCase])

const judgeReference = (testCase: z.infer<typeof referenceCase>): Verdict => {
  if (testCase.kind === 'service') return judgeService(testCase)
  return testCase.kind === 'virtualService' ? judgeVirtualService(testCase) : judgeTemplates(testCase)
}

/**
 * AnalysisTemplates, Services and VirtualServices that a Rollout refers to. A kind of analysis that does not exist cannot be
 * named here.
 */
export const referenceValidationSuite: Suite = {
  name: 'references',
  file: 'validation.json',
  run: ({ references }) => {
    const cases = z
      .array(z.looseObject({ id: z.string(), kind: z.string(), type: z.string().optional() }))
      .parse(references)
    const served = cases.filter(({ type }) => type !== 'Bogus')
    return runCases(z.array(referenceCase).parse(served), judgeReference, deviations)
  },
}

const experimentCase = z.object({
  id: z.string(),
  experiment: z.custom<ExperimentManifest>(),
  condition: z.object({ message: z.string() }).optional(),
})

/** Experiments by themselves. */
export const experimentValidationSuite: Suite = {
  name: 'experiments',
  file: 'validation.json',
  run: ({ experiments }) =>
    runCases(
      z.array(experimentCase).parse(experiments),
      ({ experiment, condition }) => compareAnswers(condition?.message, experimentFault(experiment)),
      deviations,
    ),
}
