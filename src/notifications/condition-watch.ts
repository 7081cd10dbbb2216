import { notifiedAnnotation } from '../api/labels.ts'
import { rollouts } from '../api/resources.ts'
import type { Value } from '../expr/value.ts'
import type { KubeClient } from '../kube/client.ts'
import type { Outcome } from '../kube/controller.ts'
import { isConflict, isNotFound } from '../kube/errors.ts'
import type { LastWrites } from '../kube/expectations.ts'
import type { StoredObject } from '../kube/informer.ts'
import { nameOfKey } from '../kube/object-key.ts'
import type { SharedInformer } from '../kube/shared-informer.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { objectOr, stringOr } from '../lib/json-value.ts'
import { formatNotified, type Notified, notifiedKey, readNotified } from './notified.ts'
import type { OncePerMoment } from './once-per-moment.ts'
import type { NamespaceSettings } from './settings-source.ts'
import type { Teller, Telling } from './teller.ts'
import { asksTime, firesWhenTrue } from './triggers.ts'

/** What a {@link ConditionWatch} reads by and writes with. */
export interface ConditionWatchOptions {
  readonly client: Pick<KubeClient, 'get' | 'mergePatch'>
  readonly rollouts: SharedInformer<StoredObject>
  readonly lastWrites: LastWrites
  readonly teller: Teller
  readonly once: OncePerMoment
  readonly now: () => number
}

/** What is told by which telling. */
interface Due {
  readonly telling: Telling
  readonly variables: ReadonlyMap<string, Value>
}

interface Judged {
  readonly notified: Notified
  readonly due: readonly Due[]
  readonly asksTime: boolean
}

/** Conditions that ask for the time are judged this often, also when nothing changes. */
const timeStepMs = 60_000

const notifiedText = ({ metadata }: DeepReadonly<StoredObject>): string | undefined =>
  stringOr(objectOr(metadata.annotations)[notifiedAnnotation])

/**
 * Tells of conditions that become true. The published annotation of the Rollout says which were told; it is written before
 * the notification goes out and only where it changes, so no conflict, crash or new leader tells twice.
 */
export class ConditionWatch {
  readonly #options: ConditionWatchOptions
  /** By key: writes of which it is not known whether they were done. */
  readonly #unsure = new Map<string, { readonly text: string; readonly due: readonly Due[] }>()

  constructor(options: ConditionWatchOptions) {
    this.#options = options
  }

  /** Judges the conditions of one Rollout. */
  async reconcile(key: string, signal: AbortSignal): Promise<Outcome> {
    const { namespace, name } = nameOfKey(key)
    const object = this.#options.rollouts.store.get(namespace, name)
    if (object === undefined || object.metadata.deletionTimestamp !== undefined) {
      this.#unsure.delete(key)
      return { type: 'done' }
    }
    this.#tellUnsure(key, object)
    const tellings = this.#options.teller.tellingsOf(object).filter(({ condition }) => firesWhenTrue(condition))
    if (tellings.length === 0) return { type: 'done' }
    const judged = this.#judge(object, tellings)
    if (!(await this.#remember(key, object, judged, signal))) return { type: 'done' }
    this.#tell(object, judged.due)
    return judged.asksTime ? { type: 'requeueAfter', ms: timeStepMs } : { type: 'done' }
  }

  #judge(object: DeepReadonly<StoredObject>, tellings: readonly Telling[]): Judged {
    const { teller, now } = this.#options
    const known = new Map<NamespaceSettings, ReadonlyMap<string, Value>>()
    const notified: Record<string, number> = { ...readNotified(notifiedText(object)) }
    const due: Due[] = []
    for (const telling of tellings) {
      const { scope, trigger, condition, destination } = telling
      const variables = known.get(scope) ?? teller.variables(scope, object)
      known.set(scope, variables)
      const { holds, oncePer } = teller.judge(condition, variables)
      const namespace = scope.selfService ? scope.namespace : undefined
      const key = notifiedKey({ namespace, trigger, condition: condition.key, oncePer, destination })
      if (!holds) delete notified[key]
      else if (notified[key] === undefined) {
        notified[key] = Math.floor(now() / 1000)
        due.push({ telling, variables })
      }
    }
    return { notified, due, asksTime: tellings.some(({ condition }) => asksTime(condition)) }
  }

  #tell(object: DeepReadonly<StoredObject>, due: readonly Due[]): void {
    for (const { telling, variables } of due) {
      const event = { type: 'Normal', reason: telling.trigger }
      if (this.#options.once.isNew('truth', telling, object))
        this.#options.teller.tell(telling, object, variables, event)
    }
  }

  /** Tells what a write was for whose answer was lost, once the cache shows that it was done. */
  #tellUnsure(key: string, object: DeepReadonly<StoredObject>): void {
    const unsure = this.#unsure.get(key)
    if (unsure === undefined || unsure.text !== notifiedText(object)) return
    this.#unsure.delete(key)
    this.#tell(object, unsure.due)
  }

  /** Writes the annotation where it differs; false when the Rollout is gone. A conflict is thrown, and judged anew. */
  async #remember(
    key: string,
    object: DeepReadonly<StoredObject>,
    { notified, due }: Judged,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { client, lastWrites, rollouts: cache } = this.#options
    const text = formatNotified(notified)
    const before = notifiedText(object)
    if (text === (before === undefined ? null : formatNotified(readNotified(before)))) return true
    const { namespace, name, resourceVersion } = object.metadata
    const patch = { metadata: { annotations: { [notifiedAnnotation]: text } } }
    const write = client.mergePatch(rollouts, { namespace, name }, patch, { resourceVersion, signal })
    try {
      await lastWrites.follow(key, cache, object, write, () => client.get(rollouts, { namespace, name }, { signal }))
      this.#unsure.delete(key)
      return true
    } catch (error) {
      if (isNotFound(error)) return false
      // After a conflict an earlier write may still turn out to have been done.
      if (!isConflict(error) && text !== null) this.#unsure.set(key, { text, due })
      throw error
    }
  }
}
