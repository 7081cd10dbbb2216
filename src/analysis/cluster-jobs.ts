import type { Pod } from '../api/kubernetes/pod.ts'
import type { Job } from '../api/kubernetes/workloads.ts'
import { analysisRunUidLabel } from '../api/labels.ts'
import { jobs, pods } from '../api/resources.ts'
import type { KubeClient } from '../kube/client.ts'
import { isConflict, isNotFound } from '../kube/errors.ts'
import type { Informer, StoredObject } from '../kube/informer.ts'
import type { InformerDefinition } from '../kube/shared-informer.ts'
import type { DeepReadonly } from '../lib/json.ts'
import type { JobAccess } from '../providers/job/job-access.ts'

const byRun = 'run'

// The API server has checked these kinds: they have the shape that their types say.
const asJob = (object: StoredObject): Job => object as unknown as Job
const asPod = (object: StoredObject): Pod => object as unknown as Pod

/** The cache of the Jobs that AnalysisRuns have started, in one namespace or all. */
export const jobCache = (namespace: string | undefined): InformerDefinition<Job> => ({
  resource: jobs,
  ...(namespace !== undefined && { namespace }),
  labelSelector: analysisRunUidLabel,
  view: asJob,
  indexes: { [byRun]: (job: DeepReadonly<Job>) => [job.metadata.labels?.[analysisRunUidLabel] ?? ''] },
})

const unless =
  (expected: (error: unknown) => boolean) =>
  (error: unknown): undefined => {
    if (!expected(error)) throw error
  }

/** {@link JobAccess} through the cache of {@link jobCache} and a client. */
export const clusterJobs = (
  cache: Pick<Informer<Job>, 'store'>,
  client: Pick<KubeClient, 'get' | 'list' | 'create' | 'delete'>,
): JobAccess => ({
  cached: (namespace, name) => cache.store.get(namespace, name),
  ofRun: (uid) => cache.store.byIndex(byRun, uid),
  read: async (namespace, name) => {
    const job = await client.get(jobs, { namespace, name }).catch(unless(isNotFound))
    return job && asJob(job)
  },
  create: async (job) => {
    await client.create(jobs, job)
  },
  delete: async (namespace, name, uid) => {
    // A conflict means that another Job has the name by now: the one in question is gone.
    await client
      .delete(jobs, { namespace, name }, { uid })
      .catch(unless((error) => isNotFound(error) || isConflict(error)))
  },
  pods: async (namespace, name) => {
    const found = await client.list(pods, { namespace, labelSelector: `job-name=${name}` })
    return found.map(asPod)
  },
})
