import { collectMetricGarbage, resumeMetric, runMetric, terminateMetric } from './metric.ts'
import type { Operation } from './operation.ts'
import { putIntent, verifyIntent } from './router.ts'
import { abortStep, runStep, terminateStep } from './step.ts'

/** Everything that plugins can be asked to do, besides to describe themselves. */
export const operations: readonly Operation[] = [
  runMetric,
  resumeMetric,
  terminateMetric,
  collectMetricGarbage,
  putIntent,
  verifyIntent,
  runStep,
  terminateStep,
  abortStep,
]
