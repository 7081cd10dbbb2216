import type { Rollout } from '../api/rollout.ts'
import type { StoredObject } from '../kube/informer.ts'
import type { DeepReadonly } from '../lib/json.ts'
import type { RolloutEvent } from './events.ts'

/** What a pass is about to publish. */
export interface Announcement {
  readonly key: string
  /** The Rollout as it was judged. */
  readonly object: DeepReadonly<StoredObject>
  /** The same with the pod template of the workload that it refers to. */
  readonly rollout: DeepReadonly<Rollout>
  readonly events: readonly RolloutEvent[]
  /** The phase that the pass came to. */
  readonly phase: string | undefined
}

/**
 * Who is told of what becomes of Rollouts, besides their Events: notifications. Nothing that a listener does holds a pass or
 * fails it.
 */
export interface RolloutListener {
  /** The events of a pass are recorded; whether its status will be written is open. */
  announced(announcement: Announcement): void
  /** The pass is over, and its status is written where it differed. Not called for a pass that failed on that. */
  settled(key: string, object: DeepReadonly<StoredObject>): void
  /** The Rollout is gone. */
  deleted(key: string, object: DeepReadonly<StoredObject>, event: RolloutEvent): void
}

/** Nobody. */
export const nobodyListens: RolloutListener = {
  announced: () => {},
  settled: () => {},
  deleted: () => {},
}
