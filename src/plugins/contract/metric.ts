import * as z from 'zod'
import { openObject, stringMap } from '../../api/scalars.ts'
import { analysisRunObject, anyJson, envelope, instant, message, waitSeconds } from './common.ts'
import type { Operation } from './operation.ts'

const base = envelope.extend({
  analysisRun: analysisRunObject,
  metric: openObject.describe('The metric with its arguments in place, secrets included: it must not be logged.'),
})

const ordinal = z.int().describe('Which try of the metric this is, from 1: the same after a restart of the controller.')

const measurement = z
  .object({
    startedAt: instant.optional(),
    metadata: stringMap.optional(),
    value: z.string().optional(),
    message: z.string().optional(),
  })
  .describe('The measurement that is under way, as it was answered last.')

/** What was measured. */
export const metricAnswer = z
  .object({
    phase: z
      .enum(['Running', 'Successful', 'Failed', 'Error', 'Inconclusive'])
      .optional()
      .describe('The verdict; Running: ask again. Without it the conditions of the metric judge `value`.'),
    value: anyJson.optional().describe('What was measured; any JSON. `result` in the conditions of the metric.'),
    message: message.optional(),
    metadata: stringMap.optional().describe('Notes that are kept with the measurement, and come back with it.'),
    metricMetadata: stringMap.optional().describe('Notes about the metric itself, such as the query that was sent.'),
    resumeAfterSeconds: waitSeconds.optional().describe('When to ask again about a Running one. Default 10.'),
  })
  .refine(({ phase, value }) => phase !== undefined || value !== undefined, 'must have a phase, or a value to judge')

/** See {@link metricAnswer}. */
export type MetricAnswer = z.infer<typeof metricAnswer>

/** Starts a measurement, or finds the one that was started before under this ordinal. */
export const runMetric = {
  kind: 'metric',
  name: 'runMetric',
  method: 'POST',
  path: '/v1/metric/run',
  summary: 'Takes a measurement, or starts one that takes a while.',
  request: base.extend({ ordinal }),
  answer: metricAnswer,
} as const satisfies Operation

/** Asks again for a measurement that is under way. */
export const resumeMetric = {
  kind: 'metric',
  name: 'resumeMetric',
  method: 'POST',
  path: '/v1/metric/resume',
  summary: 'Asks again for a measurement that was answered with phase Running.',
  request: base.extend({ ordinal, measurement }),
  answer: metricAnswer,
} as const satisfies Operation

/** Stops a measurement that is under way. */
export const terminateMetric = {
  kind: 'metric',
  name: 'terminateMetric',
  method: 'POST',
  path: '/v1/metric/terminate',
  summary: 'Stops a measurement that is under way.',
  request: base.extend({ ordinal, measurement }),
  answer: metricAnswer,
} as const satisfies Operation

/** Removes what old measurements left behind. */
export const collectMetricGarbage = {
  kind: 'metric',
  name: 'collectMetricGarbage',
  method: 'POST',
  path: '/v1/metric/collect-garbage',
  summary: 'Removes what measurements beyond the newest `limit` left behind.',
  request: base.extend({ limit: z.int().describe('How many measurements are kept.') }),
  answer: z.object({}),
} as const satisfies Operation
