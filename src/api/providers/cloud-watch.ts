import * as z from 'zod'
import { durationString, int64, intOrString } from '../scalars.ts'
import { sigv4 } from './authentication.ts'

const metricStat = z.object({
  metric: z
    .object({
      namespace: z.string().optional().describe('Namespace of the metric.'),
      metricName: z.string().optional().describe('Name of the metric.'),
      dimensions: z
        .array(
          z.object({
            name: z.string().optional().describe('Name of the dimension.'),
            value: z.string().optional().describe('Value of the dimension.'),
          }),
        )
        .optional()
        .describe('Dimensions of the metric.'),
    })
    .optional()
    .describe('The metric.'),
  period: intOrString.optional().describe('Length of a period, in seconds.'),
  stat: z.string().optional().describe('Statistic, such as Average, Sum or p99.'),
  unit: z.string().optional().describe('Unit of the values.'),
})

/** Queries of Amazon CloudWatch (its GetMetricData call). */
export const cloudWatchMetric = z.object({
  interval: durationString.optional().describe('How far back the queries look, as a duration. Default 5m.'),
  metricDataQueries: z
    .array(
      z.object({
        id: z.string().optional().describe('Name of the query, for expressions of other queries.'),
        expression: z.string().optional().describe('Metric math expression. Either this or metricStat.'),
        label: z.string().optional().describe('Label of the result.'),
        metricStat: metricStat.optional().describe('Metric and statistic. Either this or expression.'),
        period: intOrString.optional().describe('Length of a period, in seconds.'),
        returnData: z.boolean().optional().describe('Whether the result is returned, or only used by expressions.'),
      }),
    )
    .describe('The queries.'),
  timeout: int64.optional().describe('How long the query may take, in seconds. Default 30. An addition of Crossfade.'),
  authentication: z
    .object({ sigv4: sigv4.optional().describe('Region, role or keys to sign with.') })
    .optional()
    .describe('How to authenticate. Default: as the process of the controller does. An addition of Crossfade.'),
})

/** See {@link cloudWatchMetric}. */
export type CloudWatchMetric = z.infer<typeof cloudWatchMetric>
