import * as z from 'zod'
import { durationString, int64 } from '../scalars.ts'
import { secretRef } from './secret-ref.ts'

/** A search of Splunk Enterprise or Splunk Cloud Platform. An addition to the published API. */
export const splunkMetric = z.object({
  address: z
    .string()
    .optional()
    .describe('Address of the management port, such as https://splunk:8089. Default: the key address of the Secret.'),
  query: z.string().describe('Search, in SPL. It begins with the command search unless it begins with | or search.'),
  interval: durationString.optional().describe('How far back the search looks, as a duration. Default 5m.'),
  timeout: int64.optional().describe('How long the search may take, in seconds. Default 30.'),
  insecure: z.boolean().optional().describe('Whether any server certificate is accepted.'),
  ca: z.string().optional().describe('PEM certificates of authorities that are trusted besides those of the system.'),
  secretRef: secretRef
    .optional()
    .describe('Secret with token, or with username and password, and address. Default: splunk.'),
})

/** See {@link splunkMetric}. */
export type SplunkMetric = z.infer<typeof splunkMetric>
