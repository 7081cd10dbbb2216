import * as z from 'zod'
import { int64, openObject } from '../scalars.ts'
import { authentication, httpHeader } from './authentication.ts'

/** A request to a web service. */
export const webMetric = z.object({
  url: z.string().describe('Address of the request.'),
  method: z.string().optional().describe('GET (default), POST or PUT.'),
  headers: z.array(httpHeader).optional().describe('Headers to send.'),
  body: z.string().optional().describe('Body to send, as text. Not with GET.'),
  jsonBody: openObject.optional().describe('Body to send, as JSON. Not with GET, nor with body.'),
  jsonPath: z.string().optional().describe('JSONPath, in braces, of the result in the answer. Default {$}.'),
  timeoutSeconds: int64.optional().describe('How long the request may take, in seconds. Default 10.'),
  insecure: z.boolean().optional().describe('Whether any server certificate is accepted.'),
  ca: z
    .string()
    .optional()
    .describe(
      'PEM certificates of authorities that are trusted besides those of the system. An addition of Crossfade.',
    ),
  authentication: authentication
    .optional()
    .describe('How to authenticate: oauth2; basicAuth and bearerToken are additions of Crossfade.'),
})

/** See {@link webMetric}. */
export type WebMetric = z.infer<typeof webMetric>
