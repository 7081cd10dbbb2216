import type { Pod } from '../../api/kubernetes/pod.ts'
import type { ReplicaSet } from '../../api/kubernetes/workloads.ts'
import { KubeError } from '../../kube/errors.ts'
import type { Clock } from '../../lib/clock.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import type { Random } from '../random.ts'
import { planReplicaSet } from '../workloads/replica-set.ts'
import type { Cluster, ClusterChange, ObjectKey } from './cluster.ts'
import type { SimulatedController } from './controller-loop.ts'
import { keysOfController, keysOfKind } from './keys.ts'
import { podOf } from './pod-of.ts'
import { replacingStatus } from './replacing-status.ts'

/** A refused pod is tried again after this time. */
const retryMs = 5000

/** Keeps as many pods as each ReplicaSet asks for, and counts them in its status. */
export class ReplicaSetController implements SimulatedController {
  readonly user = 'system:serviceaccount:kube-system:replicaset-controller'
  readonly #cluster: Cluster
  readonly #clock: Clock
  readonly #random: Random

  constructor(cluster: Cluster, clock: Clock, random: Random) {
    this.#cluster = cluster
    this.#clock = clock
    this.#random = random
  }

  keysOf(change: ClusterChange): readonly ObjectKey[] {
    return [
      ...keysOfKind('ReplicaSet', change),
      ...(change.kind === 'Pod' ? keysOfController('ReplicaSet', change) : []),
    ]
  }

  reconcile(key: ObjectKey): number | undefined {
    const replicaSet = this.#cluster.get('ReplicaSet', key)
    if (replicaSet === undefined || replicaSet.metadata.deletionTimestamp !== undefined) return undefined
    const nowMs = this.#clock.now()
    const plan = planReplicaSet(replicaSet, this.#podsOf(replicaSet), nowMs)
    for (const pod of plan.remove) this.#cluster.remove(this.user, 'Pod', { ...key, name: pod.metadata.name })
    const failure = this.#create(replicaSet, plan.create)
    const { status, wakeAtMs } = planReplicaSet(replicaSet, this.#podsOf(replicaSet), nowMs, failure)
    this.#cluster.patch(this.user, 'ReplicaSet', key, replacingStatus(replicaSet.status, status), 'status')
    return failure === undefined ? wakeAtMs : nowMs + retryMs
  }

  #podsOf(replicaSet: DeepReadonly<ReplicaSet>): readonly DeepReadonly<Pod>[] {
    return this.#cluster.controlledBy('Pod', replicaSet.metadata.uid)
  }

  /** Returns why a pod was refused, if one was. */
  #create(replicaSet: DeepReadonly<ReplicaSet>, count: number): string | undefined {
    try {
      for (let made = 0; made < count; made += 1) {
        const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: replicaSet.metadata }
        this.#cluster.create(this.user, 'Pod', podOf(owner, replicaSet.spec.template, this.#random))
      }
      return undefined
    } catch (error) {
      if (error instanceof KubeError) return error.serverMessage
      throw error
    }
  }
}
