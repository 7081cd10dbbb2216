import type { RolloutStatus } from '../api/rollout-status.ts'
import type { DeepReadonly } from '../lib/json.ts'
import type { Effect } from './effects.ts'
import type { RolloutEvent } from './events.ts'
import type { FinishedRelease } from './policies/shared/track-duration.ts'

/** An event of a plan, and the effect without which it would not be true. */
export interface Announcement {
  readonly event: RolloutEvent
  /** Key of an effect; absent when the event is about the new status. */
  readonly needs?: string
}

/** What is to be done now, and what is true afterwards. */
export interface Plan {
  /** In order; the first failure ends the pass. */
  readonly effects: readonly Effect[]
  /** In the order in which people are to read them. */
  readonly announcements: readonly Announcement[]
  /** The status once every effect is done. */
  readonly status: DeepReadonly<RolloutStatus>
  /** The status if one of them fails: nothing but what is observed. */
  readonly observed: DeepReadonly<RolloutStatus>
  /** When to look again even if nothing changes, in milliseconds since the epoch. */
  readonly wakeAt: number | undefined
  /** The routing that the objects of all routers were seen to have; see `routing-memory.ts`. */
  readonly routing?: string
  /** Releases that ended with this plan, for metrics. */
  readonly finished: readonly FinishedRelease[]
}
