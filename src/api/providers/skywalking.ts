import * as z from 'zod'
import { durationString } from '../scalars.ts'

/** A query of Apache SkyWalking. */
export const skywalkingMetric = z.object({
  address: z.string().optional().describe('Address of the server.'),
  query: z.string().optional().describe('GraphQL query; it receives the variable duration.'),
  interval: durationString.optional().describe('How far back the query looks, as a duration. Default 5m.'),
})

/** See {@link skywalkingMetric}. */
export type SkywalkingMetric = z.infer<typeof skywalkingMetric>
