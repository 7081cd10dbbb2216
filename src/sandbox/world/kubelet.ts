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

const isBeingDeleted = (object: DeepReadonly<JsonObject> | undefined): boolean =>
  object !== undefined && (object as unknown as DeepReadonly<Pod>).metadata.deletionTimestamp !== undefined

/**
 * Lets pods live: reports for each what its behaviour says it shows at its age, and ends those that are deleted when their
 * grace period is over: their containers take all of it. They get no more requests meanwhile.
 */
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
    const ends = change.type === 'MODIFIED' && isBeingDeleted(change.object) && !isBeingDeleted(change.before)
    return change.type === 'ADDED' || ends ? keysOfKind('Pod', change) : []
  }

  reconcile(key: ObjectKey): number | undefined {
    const pod = this.#cluster.get('Pod', key)
    if (pod === undefined) return undefined
    if (pod.metadata.deletionTimestamp !== undefined) return this.#end(key, Date.parse(pod.metadata.deletionTimestamp))
    if (pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') return undefined
    const { behavior, sinceMs = 0 } = this.#behaviorOf(pod)
    const startMs = Math.max(sinceMs, Date.parse(pod.metadata.creationTimestamp))
    const nowMs = this.#clock.now()
    const state = podStateAt(behavior, nowMs - startMs, (pod.spec.restartPolicy ?? 'Always') !== 'Always')
    this.#cluster.patch(this.user, 'Pod', key, { status: asJson(podStatusOf(pod, state, nowMs)) }, 'status')
    return state.nextChangeMs === undefined ? undefined : startMs + state.nextChangeMs
  }

  #end(key: ObjectKey, atMs: number): number | undefined {
    if (this.#clock.now() < atMs) return atMs
    this.#cluster.remove(this.user, 'Pod', key, 0)
    return undefined
  }
}

const asJson = (value: object): JsonObject => ({ ...value })
