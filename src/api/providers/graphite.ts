import * as z from 'zod'

/** A query of Graphite. */
export const graphiteMetric = z.object({
  address: z.string().optional().describe('Address of the server.'),
  query: z.string().optional().describe('Graphite target.'),
})

/** See {@link graphiteMetric}. */
export type GraphiteMetric = z.infer<typeof graphiteMetric>
