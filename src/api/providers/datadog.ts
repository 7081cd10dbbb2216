import * as z from 'zod'
import { durationString, stringMap } from '../scalars.ts'

/** A query of Datadog. */
export const datadogMetric = z.object({
  apiVersion: z.enum(['v1', 'v2']).meta({ default: 'v1' }).optional().describe('Version of the query API.'),
  query: z.string().optional().describe('The query.'),
  queries: stringMap.optional().describe('Queries by name, for formula. Only v2.'),
  formula: z.string().optional().describe('Formula over the named queries. Only v2.'),
  interval: durationString.meta({ default: '5m' }).optional().describe('How far back the query looks, as a duration.'),
  aggregator: z
    .enum(['avg', 'min', 'max', 'sum', 'last', 'percentile', 'mean', 'l2norm', 'area'])
    .optional()
    .describe('How points become one value. Only v2; last where nothing is given.'),
  secretRef: z
    .object({
      name: z.string().optional().describe('Name of the Secret.'),
      namespaced: z
        .boolean()
        .optional()
        .describe('Whether it lives in the namespace of the AnalysisRun, not in that of the controller.'),
    })
    .optional()
    .describe('Secret with address, api-key and app-key.'),
  requestTimeout: durationString
    .meta({ default: '10s' })
    .optional()
    .describe('How long the request may take, as a duration.'),
})

/** See {@link datadogMetric}. */
export type DatadogMetric = z.infer<typeof datadogMetric>
