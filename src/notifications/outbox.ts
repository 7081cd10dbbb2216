import type { StoredObject } from '../kube/informer.ts'
import type { DeepReadonly, JsonObject } from '../lib/json.ts'
import { isJsonObject, objectOr } from '../lib/json-value.ts'
import { LruMap } from '../lib/lru-map.ts'
import type { RolloutEvent } from '../rollout/events.ts'
import type { Announcement } from '../rollout/listener.ts'
import { hasComeTrue, isOfPhase, phaseEvent } from './phase-events.ts'

/** An event that is to be told, with the Rollout that tells of it. */
export interface ToldEvent {
  readonly event: RolloutEvent
  /** As it was judged by the pass of the event, as published; for a phase as it is after the pass. */
  readonly rollout: DeepReadonly<StoredObject>
}

interface Waiting {
  readonly event: RolloutEvent
  readonly object: DeepReadonly<StoredObject>
}

/** Events of which it is remembered when they were told last. */
const remembered = 10_000
/** Events of one Rollout that wait for its status; more come only where the status is refused for long. */
const mostWaiting = 50

/** With the pod template of the workload that the Rollout refers to, as published. */
const withWorkload = ({ object, rollout }: Announcement): DeepReadonly<StoredObject> => {
  const { spec } = object
  if (!isJsonObject(spec) || spec.workloadRef === undefined) return object
  const { template, selector } = rollout.spec
  const resolved = { ...spec, ...(template && { template }), ...(selector && { selector }) } as DeepReadonly<JsonObject>
  return { ...object, spec: resolved }
}

/** What tells apart two times of the same event: a pass that is tried again is none, the next step or release is one. */
export const momentOf = ({ metadata, status }: DeepReadonly<StoredObject>): string => {
  const { currentPodHash, currentStepIndex, abortedAt, pauseConditions } = objectOr(status)
  return JSON.stringify([metadata.generation, currentPodHash, currentStepIndex, abortedAt, pauseConditions])
}

const sameEvent = (one: RolloutEvent, other: RolloutEvent): boolean =>
  one.reason === other.reason && one.message === other.message

/**
 * Events between the pass that announces them and the status that makes them last. They are told once the status is written:
 * a pass that fails on that, or a process that ends before it, announces them again, and then they are told, once. What a
 * failed pass has told of its effects, which the next pass does not repeat, waits with them.
 */
export class Outbox {
  readonly #waiting = new Map<string, Waiting[]>()
  readonly #told = new LruMap<string, string>(remembered)

  /** Takes in what a pass announces. */
  announced(announcement: Announcement): void {
    const { key, object, events, phase } = announcement
    const ofPhase = phaseEvent(object, phase)
    const all = ofPhase === undefined ? events : [...events, ofPhase]
    if (all.length === 0) return
    const waiting = this.#waiting.get(key) ?? []
    this.#waiting.set(key, waiting)
    const told = withWorkload(announcement)
    for (const event of all) {
      if (waiting.some((other) => sameEvent(other.event, event))) continue
      if (waiting.length < mostWaiting) waiting.push({ event, object: told })
    }
  }

  /** What is to be told now that the pass is over. */
  settled(key: string, after: DeepReadonly<StoredObject>): readonly ToldEvent[] {
    const waiting = this.#waiting.get(key)
    if (waiting === undefined) return []
    this.#waiting.delete(key)
    return waiting.flatMap(({ event, object }) => {
      if (!hasComeTrue(event, after) || !this.#isNew(event, object)) return []
      const whole = { ...after, spec: object.spec } as DeepReadonly<StoredObject>
      return [{ event, rollout: isOfPhase(event) ? whole : object }]
    })
  }

  /** Forgets what waits for a Rollout that is gone. */
  forget(key: string): void {
    this.#waiting.delete(key)
  }

  #isNew(event: RolloutEvent, object: DeepReadonly<StoredObject>): boolean {
    const { uid } = object.metadata
    const { reason, message } = event
    const key = JSON.stringify(isOfPhase(event) ? [uid] : [uid, reason, message])
    // One that wavers between Healthy and Progressing is told of once; one that was Degraded in between, again.
    const moment = isOfPhase(event) ? `${reason} ${momentOf(object)}` : momentOf(object)
    if (this.#told.get(key) === moment) return false
    this.#told.set(key, moment)
    return true
  }
}
