import * as z from 'zod'
import { openObject } from '../../api/scalars.ts'
import { envelope, message, rolloutObject, waitSeconds } from './common.ts'
import type { Operation } from './operation.ts'

const step = envelope.extend({
  rollout: rolloutObject,
  index: z.int().describe('Index of the step, from 0.'),
  status: openObject.optional().describe('State of the plugin as it was answered last; it survives restarts of both.'),
})

const phase = z.enum(['Running', 'Successful', 'Failed', 'Error'])

/** Bytes of JSON that a plugin may keep in the status of a Rollout. */
export const largestStepStatus = 32 * 1024

const status = openObject
  .refine((value) => Buffer.byteLength(JSON.stringify(value)) <= largestStepStatus, 'must not be larger than 32 KiB')
  .optional()
  .describe('State that the plugin wants to be sent with the next request. At most 32 KiB; not kept with Error.')

/** What came of a step. */
export const stepAnswer = z.object({
  phase: phase
    .optional()
    .describe('Default: Running, and Successful for the end of a step. Error: tried again after 30 s.'),
  message: message.optional(),
  requeueAfterSeconds: waitSeconds
    .optional()
    .describe('When to ask again about a Running one. Above 10; otherwise, and by default, 30.'),
  status,
})

/** See {@link stepAnswer}. */
export type StepAnswer = z.infer<typeof stepAnswer>

/** Runs a step, or goes on with it. */
export const runStep = {
  kind: 'step',
  name: 'runStep',
  method: 'POST',
  path: '/v1/step/run',
  summary: 'Runs a step, or goes on with one that was answered with phase Running or Error.',
  request: step.extend({ execution: z.int().describe('How often the step was answered before.') }),
  answer: stepAnswer,
} as const satisfies Operation

/** Ends a step that runs, since somebody promoted past it. */
export const terminateStep = {
  kind: 'step',
  name: 'terminateStep',
  method: 'POST',
  path: '/v1/step/terminate',
  summary: 'Ends a step that runs, since somebody promoted past it. The answer is final: it cannot be Running.',
  request: step,
  answer: stepAnswer,
} as const satisfies Operation

/** Takes back what a step did, since the release was aborted. */
export const abortStep = {
  kind: 'step',
  name: 'abortStep',
  method: 'POST',
  path: '/v1/step/abort',
  summary:
    'Takes back what a step did or does, since the release was aborted. The answer is final: it cannot be Running.',
  request: step,
  answer: stepAnswer,
} as const satisfies Operation
