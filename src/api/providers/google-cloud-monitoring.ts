import * as z from 'zod'
import { int64 } from '../scalars.ts'
import { secretRef } from './secret-ref.ts'

/** A query of Google Cloud Monitoring. An addition to the published API. */
export const googleCloudMonitoringMetric = z.object({
  project: z
    .string()
    .optional()
    .describe('Project whose data is asked for. Default: that of the service account, or of the cluster.'),
  query: z.string().describe('The query.'),
  queryLanguage: z
    .enum(['promql', 'mql'])
    .optional()
    .describe('promql (default), or mql for the Monitoring Query Language.'),
  address: z.string().optional().describe('Address of the service. Default https://monitoring.googleapis.com.'),
  timeout: int64.optional().describe('How long the query may take, in seconds. Default 10.'),
  secretRef: secretRef
    .optional()
    .describe('Secret with serviceAccountKey. Default: the identity of the controller (Workload Identity).'),
})

/** See {@link googleCloudMonitoringMetric}. */
export type GoogleCloudMonitoringMetric = z.infer<typeof googleCloudMonitoringMetric>
