import * as z from 'zod'
import { durationString, int64 } from '../scalars.ts'
import { secretRef } from './secret-ref.ts'

/** A query of Dynatrace (its Metrics API v2). An addition to the published API. */
export const dynatraceMetric = z.object({
  address: z.string().optional().describe('Address of the environment. Default: the key address of the Secret.'),
  query: z.string().describe('Metric selector.'),
  entitySelector: z.string().optional().describe('Entities whose data counts.'),
  interval: durationString.optional().describe('How far back the query looks, as a duration. Default 5m.'),
  resolution: z.string().optional().describe('Resolution of the points. Default Inf: one value a series.'),
  timeout: int64.optional().describe('How long the query may take, in seconds. Default 10.'),
  secretRef: secretRef.optional().describe('Secret with token, and address. Default: dynatrace.'),
})

/** See {@link dynatraceMetric}. */
export type DynatraceMetric = z.infer<typeof dynatraceMetric>
