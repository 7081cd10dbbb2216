import * as z from 'zod'
import { intValue } from '../lib/int-value.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { durationString, intOrString } from './scalars.ts'

/** What an answer without values is worth. An addition to the published API, where the conditions alone decide. */
export const noData = z.object({
  policy: z
    .enum(['Error', 'Inconclusive', 'Wait'])
    .optional()
    .describe(
      'What a measurement without values is: Error, Inconclusive, or Wait: it is asked for again, and inconclusive at the limit. Default Error.',
    ),
  limit: durationString
    .optional()
    .describe('How long one measurement waits for values, as a duration. Default 5m; only with policy Wait.'),
})

/** See {@link noData}. */
export type NoData = z.infer<typeof noData>

/** How many requests a verdict needs. An addition to the published API. */
export const minimumRequests = z.object({
  count: intOrString.describe('How many requests there must have been before the metric is measured; at least 1.'),
  query: z.string().describe("Query for their number, for the metric's own provider; several series are added up."),
  limit: durationString
    .optional()
    .describe('How long one measurement waits for them, as a duration. It is inconclusive then. Default 5m.'),
})

/** See {@link minimumRequests}. */
export type MinimumRequests = z.infer<typeof minimumRequests>

/** How long a measurement waits where nothing else is said, as a duration. */
export const defaultWaitLimit = '5m'

/** How many requests are needed, as a number; NaN-free: text that is no number counts as 0, which validation refuses. */
export const requestsNeeded = ({ count }: DeepReadonly<MinimumRequests>): number => intValue(count)
