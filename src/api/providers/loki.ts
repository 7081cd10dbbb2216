import * as z from 'zod'
import { int64 } from '../scalars.ts'
import { authentication, httpHeader } from './authentication.ts'

/** A metric query of Grafana Loki. An addition to the published API. */
export const lokiMetric = z.object({
  address: z.string().describe('Address of the server.'),
  query: z.string().describe('LogQL metric query, such as sum(rate({app="web"} |= "error" [5m])).'),
  timeout: int64.optional().describe('How long the query may take, in seconds. Default 30.'),
  insecure: z.boolean().optional().describe('Whether any server certificate is accepted.'),
  ca: z.string().optional().describe('PEM certificates of authorities that are trusted besides those of the system.'),
  headers: z.array(httpHeader).optional().describe('Headers to send, such as X-Scope-OrgID for a tenant.'),
  authentication: authentication
    .omit({ sigv4: true })
    .optional()
    .describe('How to authenticate: basicAuth, bearerToken or oauth2.'),
})

/** See {@link lokiMetric}. */
export type LokiMetric = z.infer<typeof lokiMetric>
