import type { Suite } from '../suite.ts'
import { metricAssessmentSuite, runAssessmentSuite } from './analysis.ts'
import { analysisSequenceSuite } from './analysis-sequences.ts'
import { blueGreenSuite } from './blue-green-math.ts'
import { approximateWeightSuite, canaryCountsSuite, fencepostSuite, progressThresholdSuite } from './canary-math.ts'
import { durationSuite, pauseDurationSuite } from './duration.ts'
import { conditionSuite, evaluateResultSuite, timeSuite } from './expr.ts'
import { podTemplateHashSuite, stepsHashSuite } from './hash.ts'
import { prometheusSuite, webSuite } from './providers.ts'
import { experimentValidationSuite, referenceValidationSuite, rolloutValidationSuite } from './validation.ts'
import { metricArgumentSuite, metricValidationSuite, templateMergeSuite } from './validation-analysis.ts'

/** Every suite, in the order in which the table shows them. */
export const suites: readonly Suite[] = [
  conditionSuite,
  evaluateResultSuite,
  timeSuite,
  prometheusSuite,
  webSuite,
  durationSuite,
  pauseDurationSuite,
  metricAssessmentSuite,
  runAssessmentSuite,
  analysisSequenceSuite,
  metricValidationSuite,
  templateMergeSuite,
  metricArgumentSuite,
  rolloutValidationSuite,
  referenceValidationSuite,
  experimentValidationSuite,
  podTemplateHashSuite,
  stepsHashSuite,
  canaryCountsSuite,
  approximateWeightSuite,
  fencepostSuite,
  progressThresholdSuite,
  blueGreenSuite,
]
