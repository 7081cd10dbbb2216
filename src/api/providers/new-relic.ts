import * as z from 'zod'
import { int64 } from '../scalars.ts'

/** A query of New Relic. */
export const newRelicMetric = z.object({
  query: z.string().describe('NRQL query.'),
  profile: z
    .string()
    .optional()
    .describe('Name of the Secret with the account, in the namespace of the controller. Default newrelic.'),
  timeout: int64.optional().describe('How long the query may take, in seconds. Default 5.'),
})

/** See {@link newRelicMetric}. */
export type NewRelicMetric = z.infer<typeof newRelicMetric>
