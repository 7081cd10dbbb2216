import * as z from 'zod'
import { embeddedMetadata } from '../kubernetes/object-meta.ts'
import { jobSpec } from '../kubernetes/pod-template.ts'

/** A Job whose completion is the measurement. */
export const jobMetric = z.object({
  metadata: embeddedMetadata.optional().describe('Labels and annotations for the Job.'),
  spec: jobSpec.describe('The Job to run.'),
})

/** See {@link jobMetric}. */
export type JobMetric = z.infer<typeof jobMetric>
