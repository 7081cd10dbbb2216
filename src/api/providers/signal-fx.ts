import * as z from 'zod'
import { durationString, int64 } from '../scalars.ts'
import { secretRef } from './secret-ref.ts'

/** A SignalFlow program of Splunk Observability Cloud, formerly SignalFx. An addition to the published API. */
export const signalFxMetric = z.object({
  address: z
    .string()
    .optional()
    .describe('Address such as https://stream.us1.signalfx.com. Default: by the key realm of the Secret.'),
  query: z.string().describe('SignalFlow program.'),
  interval: durationString.optional().describe('How far back the program looks, as a duration. Default 5m.'),
  resolution: durationString.optional().describe('Distance between two points, as a duration.'),
  timeout: int64.optional().describe('How long the program may run, in seconds. Default 30.'),
  secretRef: secretRef.optional().describe('Secret with token, and realm. Default: signalfx.'),
})

/** See {@link signalFxMetric}. */
export type SignalFxMetric = z.infer<typeof signalFxMetric>
