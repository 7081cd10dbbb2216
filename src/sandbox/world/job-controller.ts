import type { Clock } from '../../lib/clock.ts'
import type { Random } from '../random.ts'
import { planJob } from '../workloads/job.ts'
import type { Cluster, ClusterChange, ObjectKey } from './cluster.ts'
import type { SimulatedController } from './controller-loop.ts'
import { keysOfKind, metadataOf } from './keys.ts'
import { podOf } from './pod-of.ts'
import { replacingStatus } from './replacing-status.ts'

/** Runs the pods of Jobs until they succeed or fail. */
export class JobController implements SimulatedController {
  readonly user = 'system:serviceaccount:kube-system:job-controller'
  readonly #cluster: Cluster
  readonly #clock: Clock
  readonly #random: Random

  constructor(cluster: Cluster, clock: Clock, random: Random) {
    this.#cluster = cluster
    this.#clock = clock
    this.#random = random
  }

  keysOf(change: ClusterChange): readonly ObjectKey[] {
    if (change.kind !== 'Pod') return keysOfKind('Job', change)
    const { namespace = '', ownerReferences = [] } = metadataOf(change.object)
    return ownerReferences.filter(({ kind }) => kind === 'Job').map(({ name }) => ({ namespace, name }))
  }

  reconcile(key: ObjectKey): number | undefined {
    const job = this.#cluster.get('Job', key)
    if (job === undefined || job.metadata.deletionTimestamp !== undefined) return undefined
    const plan = planJob(job, this.#cluster.controlledBy('Pod', job.metadata.uid), this.#clock.now())
    if (plan.expired) {
      this.#cluster.remove(this.user, 'Job', key)
      return undefined
    }
    for (const pod of plan.remove) this.#cluster.remove(this.user, 'Pod', { ...key, name: pod.metadata.name })
    const owner = { apiVersion: 'batch/v1', kind: 'Job', metadata: job.metadata }
    for (let made = 0; made < plan.create; made += 1) {
      this.#cluster.create(this.user, 'Pod', podOf(owner, job.spec.template, this.#random))
    }
    this.#cluster.patch(this.user, 'Job', key, replacingStatus(job.status, plan.status), 'status')
    return plan.wakeAtMs
  }
}
