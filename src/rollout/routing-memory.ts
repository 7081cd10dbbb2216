import type { Rollout } from '../api/rollout.ts'
import type { DeepReadonly } from '../lib/json.ts'
import type { ObjectRef, TrafficIntent } from '../routers/router.ts'
import type { Effect } from './effects.ts'

/** Routes that were put back while somebody keeps changing them. */
export interface PutBacks {
  readonly count: number
  /** When the last one was, in milliseconds since the epoch. */
  readonly lastAt: number
}

/**
 * What is remembered of the routing objects of a Rollout: without it, a change that somebody made could not be told from one
 * that is due. It is in memory only; after a restart the first difference is put right without a word about whose it was.
 */
export interface RoutingMemory {
  /** The routing that all objects had when they were last looked at; see {@link routingId}. */
  readonly inForce: string | undefined
  /** By {@link refName}: the routing for which an object was last written. */
  readonly written: ReadonlyMap<string, string>
  readonly putBacks: PutBacks | undefined
}

/** Nothing is known. */
export const noRoutingMemory: RoutingMemory = { inForce: undefined, written: new Map(), putBacks: undefined }

/** A name for an object, unlike that of any other. */
export const refName = ({ resource, namespace, name }: ObjectRef): string =>
  `${resource.group}/${resource.kind}/${namespace}/${name}`

/** Tells routings apart: all that the objects of the routers follow from, as far as the Rollout has it. */
export const routingId = ({ spec }: DeepReadonly<Pick<Rollout, 'spec'>>, intent: TrafficIntent): string =>
  JSON.stringify([spec.strategy?.canary?.trafficRouting, intent])

/** How long a route must be left alone before a change of it counts as the first one again. */
const forgetMs = 15 * 60_000

/** {@link RoutingMemory} of each Rollout, by its key. */
export class RoutingMemories {
  readonly #byKey = new Map<string, RoutingMemory>()

  of(key: string): RoutingMemory {
    return this.#byKey.get(key) ?? noRoutingMemory
  }

  /** Notes what a pass saw; `undefined` where not all objects had the routing that was wanted. */
  saw(key: string, routing: string | undefined): void {
    const before = this.of(key)
    if (routing === undefined || before.inForce === routing) return
    this.#byKey.set(key, { inForce: routing, written: new Map(), putBacks: before.putBacks })
  }

  /** Notes a write that is done. */
  wrote(key: string, { write, routing, drift }: Extract<Effect, { type: 'routeTraffic' }>, now: number): void {
    if (routing === undefined) return
    const { inForce, written, putBacks } = this.of(key)
    const isRecent = putBacks !== undefined && now - putBacks.lastAt < forgetMs
    this.#byKey.set(key, {
      inForce,
      written: new Map([...written, [refName(write.ref), routing]]),
      putBacks: drift === undefined ? putBacks : { count: (isRecent ? putBacks.count : 0) + 1, lastAt: now },
    })
  }

  forget(key: string): void {
    this.#byKey.delete(key)
  }
}

/** How long a route stays as somebody else made it, by how often it was put back already. */
const waitsMs = [0, 10_000, 30_000, 60_000, 120_000, 300_000]

/** When a route may be put back again, in milliseconds since the epoch. */
export const nextPutBack = ({ putBacks }: RoutingMemory, now: number): number => {
  if (putBacks === undefined || now - putBacks.lastAt >= forgetMs) return now
  return putBacks.lastAt + (waitsMs[Math.min(putBacks.count, waitsMs.length - 1)] ?? 0)
}
