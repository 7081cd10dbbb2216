import type { JobAccess } from '../../src/providers/job/job-access.ts'

/** A cluster without Jobs, in which none is expected to be made. */
export const noJobs: JobAccess = {
  cached: () => undefined,
  ofRun: () => [],
  read: async () => undefined,
  create: async () => {
    throw new Error('no Job was to be created')
  },
  delete: async () => {},
  pods: async () => [],
}
