import * as z from 'zod'
import { int64 } from '../scalars.ts'
import { authentication, httpHeader } from './authentication.ts'

/** A query of a Prometheus server. */
export const prometheusMetric = z.object({
  address: z.string().optional().describe('Address of the server. Default: the one that the controller was given.'),
  query: z.string().optional().describe('PromQL query.'),
  rangeQuery: z
    .object({
      start: z.string().optional().describe("Expression for the first instant, such as now() - duration('5m')."),
      end: z.string().optional().describe('Expression for the last instant, such as now().'),
      step: z.string().optional().describe('Distance between two points, as a duration.'),
    })
    .optional()
    .describe('Asks for a range of time instead of an instant.'),
  timeout: int64.optional().describe('How long the query may take, in seconds. Default 30.'),
  insecure: z.boolean().optional().describe('Whether any server certificate is accepted.'),
  ca: z
    .string()
    .optional()
    .describe(
      'PEM certificates of authorities that are trusted besides those of the system. An addition of Crossfade.',
    ),
  headers: z.array(httpHeader).optional().describe('Headers to send.'),
  authentication: authentication.optional().describe('How to authenticate.'),
})

/** See {@link prometheusMetric}. */
export type PrometheusMetric = z.infer<typeof prometheusMetric>
