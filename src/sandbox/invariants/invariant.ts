import type { Rollout } from '../../api/rollout.ts'
import type { DeepReadonly, JsonObject } from '../../lib/json.ts'
import type { Cluster, ClusterChange } from '../world/cluster.ts'
import type { DestinationShares } from './destination-shares.ts'

/** A write of the controller, with what is needed to judge it. */
export interface JudgedWrite {
  readonly change: ClusterChange
  readonly nowMs: number
  readonly cluster: Cluster
  /** The Rollouts of the namespace whose requests the write may concern. */
  readonly rollouts: readonly DeepReadonly<Rollout>[]
  /** Parts of a Rollout's requests by the hash that their Service selects, as they were before the write. */
  readonly sharesBefore: (rollout: DeepReadonly<Rollout>) => DestinationShares
  /** The same, after it. */
  readonly sharesAfter: (rollout: DeepReadonly<Rollout>) => DestinationShares
  /** When the last request went to a hash that gets none now, in milliseconds since the epoch; undefined if none ever did. */
  readonly trafficLeftAtMs: (rollout: DeepReadonly<Rollout>, hash: string) => number | undefined
}

/** A promise that must hold after every write of the controller. */
export interface Invariant {
  /** Its number in the list of promises. */
  readonly id: string
  readonly promise: string
  /** Sentences that say how the write breaks the promise; none when it keeps it. */
  check(write: JudgedWrite): readonly string[]
}

/** A broken promise. */
export interface Violation {
  readonly invariant: string
  readonly timeMs: number
  readonly message: string
}

/** The written object when it is of this kind: the server has checked it against the kind's schema. */
export const writtenAs = <T>(kind: string, change: ClusterChange): DeepReadonly<T> | undefined =>
  change.kind === kind && change.type !== 'DELETED' ? (change.object as unknown as DeepReadonly<T>) : undefined

/** What was stored before the write, when it is of this kind. */
export const beforeAs = <T>(kind: string, change: ClusterChange): DeepReadonly<T> | undefined =>
  change.kind === kind ? (change.before as unknown as DeepReadonly<T> | undefined) : undefined

/** The name of the Rollout that controls an object. */
export const owningRollout = (
  object: DeepReadonly<JsonObject> | DeepReadonly<{ metadata: object }>,
): string | undefined => {
  const { ownerReferences = [] } = object.metadata as {
    ownerReferences?: readonly { kind: string; name: string; controller?: boolean }[]
  }
  return ownerReferences.find(({ kind, controller }) => kind === 'Rollout' && controller === true)?.name
}
