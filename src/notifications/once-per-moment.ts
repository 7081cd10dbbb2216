import type { StoredObject } from '../kube/informer.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { LruMap } from '../lib/lru-map.ts'
import { momentOf } from './outbox.ts'
import type { Telling } from './teller.ts'

/** What makes a condition be told: the event of its trigger, or that it became true. */
type Occasion = 'event' | 'truth'

const remembered = 10_000

/**
 * A condition of a trigger that is named after an event has two occasions to be told, as published. Where both come at the
 * same moment of a release, in whichever order, the first is enough.
 */
export class OncePerMoment {
  readonly #told = new LruMap<string, { readonly occasion: Occasion; readonly moment: string }>(remembered)

  /** Whether the other occasion has not told of it already. What is new counts as told from now on. */
  isNew(
    occasion: Occasion,
    { scope, trigger, condition, destination }: Telling,
    rollout: DeepReadonly<StoredObject>,
  ): boolean {
    if (condition.when === '') return true
    const { uid } = rollout.metadata
    const { service, recipient } = destination
    const key = JSON.stringify([uid, scope.namespace, trigger, condition.key, service, recipient])
    const moment = momentOf(rollout)
    const before = this.#told.get(key)
    if (before !== undefined && before.occasion !== occasion && before.moment === moment) return false
    this.#told.set(key, { occasion, moment })
    return true
  }
}
