import * as z from 'zod'

/** A query of InfluxDB. */
export const influxdbMetric = z.object({
  profile: z
    .string()
    .optional()
    .describe(
      'Name of the Secret with address, org and authToken, in the namespace of the controller. Default influxdb.',
    ),
  query: z.string().optional().describe('Flux query.'),
})

/** See {@link influxdbMetric}. */
export type InfluxdbMetric = z.infer<typeof influxdbMetric>
