import type { Pod } from '../../api/kubernetes/pod.ts'
import type { Clock } from '../../lib/clock.ts'
import type { DeepReadonly, JsonObject } from '../../lib/json.ts'
import { type PodBehavior, podStateAt } from '../pods/behavior.ts'
import { podStatusOf } from '../pods/pod-status.ts'
import type { Cluster, ClusterChange, ObjectKey } from './cluster.ts'
import type { SimulatedController } from './controller-loop.ts'
import { keysOfKind } from './keys.ts'

/** A behaviour, and the time from which it holds: pods that were there before behave as if they began at that time. */
export interface BehaviorSince {
  readonly behavior: PodBehavior
  /** Milliseconds since the epoch; absent for a behaviour that holds from the beginning. */
  readonly sinceMs?: number
}

/** Says how a pod behaves. */
export type BehaviorOf = (pod: DeepReadonly<Pod>) => BehaviorSince

/** Lets pods live: reports for each what its behaviour says it shows at its age. */
export class Kubelet implements SimulatedController {
  readonly user = 'system:node:sandbox'
  readonly #cluster: Cluster
  readonly #clock: Clock
  readonly #behaviorOf: BehaviorOf

  constructor(cluster: Cluster, clock: Clock, behaviorOf: BehaviorOf) {
    this.#cluster = cluster
    this.#clock = clock
    this.#behaviorOf = behaviorOf
  }

  keysOf(change: ClusterChange): readonly ObjectKey[] {
    return change.type === 'ADDED' ? keysOfKind('Pod', change) : []
  }

  reconcile(key: ObjectKey): number | undefined {
    const pod = this.#cluster.get('Pod', key)
    if (pod === undefined || pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') return undefined
    const { behavior, sinceMs = 0 } = this.#behaviorOf(pod)
    const startMs = Math.max(sinceMs, Date.parse(pod.metadata.creationTimestamp))
    const nowMs = this.#clock.now()
    const state = podStateAt(behavior, nowMs - startMs, (pod.spec.restartPolicy ?? 'Always') !== 'Always')
    this.#cluster.patch(this.user, 'Pod', key, { status: asJson(podStatusOf(pod, state, nowMs)) }, 'status')
    return state.nextChangeMs === undefined ? undefined : startMs + state.nextChangeMs
  }
}

const asJson = (value: object): JsonObject => ({ ...value })
