import * as z from 'zod'
import { openObject, timestamp } from '../../api/scalars.ts'
import type { Json } from '../../lib/json.ts'

/** Parts that every request has. */
export const envelope = z.object({
  plugin: z.string().describe('Name under which the plugin is configured, `<namespace>/<name>`.'),
  sequence: z
    .int()
    .describe(
      'Milliseconds since the epoch when the request was decided upon. A request about an object that is lower than one already seen about it is outdated: answer 409 and do nothing.',
    ),
  config: openObject.describe('What the user wrote for the plugin, in its own shape.'),
})

/** The Rollout as the API server has it. */
export const rolloutObject = openObject.describe('The Rollout (argoproj.io/v1alpha1) as the API server has it.')

/** The AnalysisRun as the API server has it. */
export const analysisRunObject = openObject.describe('The AnalysisRun (argoproj.io/v1alpha1) as the API server has it.')

/** A message for people. */
export const message = z
  .string()
  .describe(
    'A sentence for people. It is shown in the status and in events; what is longer than 1000 characters is cut.',
  )

/** Waiting time before the plugin is asked again. */
export const waitSeconds = z.number().min(0).max(86_400)

/** An instant. */
export const instant = timestamp

/** What an answer with another status than 2xx may say. */
export const refusal = z.object({ message: message.optional() })

const longestMessage = 1000

/** A message as it may be kept in a status. */
export const shortMessage = (text: string): string =>
  text.length <= longestMessage ? text : `${text.slice(0, longestMessage - 1)}…`

/** Any JSON; what was parsed can be nothing else. */
export const anyJson = z.custom<Json>((value) => value !== undefined)
