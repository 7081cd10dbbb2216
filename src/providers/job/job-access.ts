import type { Pod } from '../../api/kubernetes/pod.ts'
import type { Job } from '../../api/kubernetes/workloads.ts'
import type { DeepReadonly } from '../../lib/json.ts'

/** A Job as it is written, before a server has stored it. */
export type NewJob = Pick<Job, 'apiVersion' | 'kind' | 'spec'> & {
  metadata: Pick<Job['metadata'], 'name' | 'namespace' | 'labels' | 'annotations' | 'ownerReferences'>
}

/** The Jobs of a cluster, as far as metrics need them. Methods throw what the API server's client throws. */
export interface JobAccess {
  /** From the cache; undefined when it does not have it (yet). */
  cached(namespace: string, name: string): DeepReadonly<Job> | undefined
  /** From the cache: all Jobs of an AnalysisRun, by its uid. */
  ofRun(uid: string): readonly DeepReadonly<Job>[]
  /** From the server; undefined when there is none. */
  read(namespace: string, name: string): Promise<DeepReadonly<Job> | undefined>
  create(job: NewJob): Promise<void>
  /** Deletes a Job and its pods, if it is still this one. That it is gone already is success. */
  delete(namespace: string, name: string, uid: string): Promise<void>
  /** From the server: the pods of a Job. */
  pods(namespace: string, name: string): Promise<readonly DeepReadonly<Pod>[]>
}
