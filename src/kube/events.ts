import { LruMap } from '../lib/lru-map.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { KubeClient } from './client.ts'
import { isAlreadyExists, isNotFound, KubeError } from './errors.ts'
import {
  eventName,
  eventNamespace,
  eventObject,
  eventTime,
  type InvolvedObject,
  type KubeEvent,
} from './event-object.ts'
import type { Resource } from './resource.ts'
import type { Runtime } from './runtime.ts'

/** Settings of an {@link EventRecorder}. */
export interface EventRecorderOptions {
  readonly client: Pick<KubeClient, 'create' | 'mergePatch'>
  readonly runtime: Runtime
  /** Who reports: `rollouts-controller` for drop-in compatibility. */
  readonly component: string
  /** Events of one object that may wait; older ones are dropped beyond it. Default 100. */
  readonly maxWaitingPerObject?: number
  /** Objects whose events are sent at the same time. Default 8, so that events do not take every connection. */
  readonly maxParallel?: number
}

/** The events of one object, which are sent one after the other. */
interface Lane {
  readonly object: InvolvedObject
  readonly waiting: RecordedEvent[]
  readonly emptied: Set<() => void>
}

interface RecordedEvent {
  readonly event: KubeEvent
  /** When it was recorded, which may be long before it is sent. */
  readonly atMs: number
}

interface SentEvent {
  readonly name: string
  count: number
}

const events: Resource = { group: '', version: 'v1', kind: 'Event', plural: 'events', namespaced: true }

/** Different events whose count is remembered, as in client-go's correlator. */
const rememberedEvents = 4096
const attempts = 5
const firstRetryMs = 1000

/** True for what a later attempt may mend; a refusal stays one. */
const isPassing = (error: unknown): boolean => !(error instanceof KubeError) || error.code === 429 || error.code >= 500

/**
 * Tells people what happened, as core/v1 Events. The events of one object arrive in the order in which they were
 * recorded; those of different objects do not wait for each other. A repeat raises the count of the event it repeats.
 * Events are a courtesy: one that cannot be sent is logged and dropped, and never holds up what it tells about.
 */
export class EventRecorder {
  readonly #options: EventRecorderOptions
  readonly #log: Logger
  readonly #lanes = new Map<string, Lane>()
  /** Lanes whose turn has not come, by uid. */
  readonly #queued = new Set<string>()
  readonly #sent = new LruMap<string, SentEvent>(rememberedEvents)
  readonly #closing = new AbortController()
  #sending = 0
  #sequence: number

  constructor(options: EventRecorderOptions) {
    this.#options = options
    // A recorder that starts again within the same millisecond must not reuse the names of the one before.
    this.#sequence = Math.floor(options.runtime.random() * 1_000_000)
    this.#log = options.runtime.log.child({ component: 'events' })
  }

  /** Queues an event and returns at once. */
  record(object: InvolvedObject, event: KubeEvent): void {
    if (this.#closing.signal.aborted) return
    const recorded = { event, atMs: this.#options.runtime.clock.now() }
    const lane = this.#lanes.get(object.uid)
    if (lane === undefined) {
      this.#lanes.set(object.uid, { object, waiting: [recorded], emptied: new Set() })
      this.#queued.add(object.uid)
      this.#dispatch()
      return
    }
    lane.waiting.push(recorded)
    if (lane.waiting.length <= (this.#options.maxWaitingPerObject ?? 100)) return
    const reason = lane.waiting.shift()?.event.reason
    this.#log.warn('dropping an event: too many wait for this object', { name: object.name, reason })
  }

  /**
   * Resolves when the object's events are sent, or after `timeoutMs`; never rejects. Where so many objects have events that
   * its turn has not come, there is nothing to wait for.
   */
  async flush(object: Pick<InvolvedObject, 'uid'>, timeoutMs: number): Promise<void> {
    const lane = this.#lanes.get(object.uid)
    if (lane !== undefined && !this.#queued.has(object.uid)) await this.#emptied([lane], timeoutMs)
  }

  /** Sends what waits, for `timeoutMs` at most, and takes nothing new. */
  async close(timeoutMs: number): Promise<void> {
    await this.#emptied([...this.#lanes.values()], timeoutMs)
    this.#closing.abort(new Error('closing the event recorder'))
  }

  /** Objects with events that are not sent. */
  get pending(): number {
    return this.#lanes.size
  }

  async #emptied(lanes: readonly Lane[], timeoutMs: number): Promise<void> {
    const expired = new AbortController()
    const timer = this.#options.runtime.clock.setTimer(timeoutMs, () => expired.abort())
    await Promise.all(lanes.map((lane) => whenEmptied(lane, expired.signal)))
    timer.cancel()
  }

  #dispatch(): void {
    for (const uid of this.#queued) {
      if (this.#sending >= (this.#options.maxParallel ?? 8)) return
      this.#queued.delete(uid)
      const lane = this.#lanes.get(uid)
      if (lane !== undefined) void this.#drain(lane)
    }
  }

  async #drain(lane: Lane): Promise<void> {
    this.#sending++
    for (let next = lane.waiting.shift(); next !== undefined; next = lane.waiting.shift()) {
      await this.#deliver(lane.object, next)
    }
    this.#sending--
    this.#lanes.delete(lane.object.uid)
    for (const done of lane.emptied) done()
    this.#dispatch()
  }

  async #deliver(object: InvolvedObject, recorded: RecordedEvent): Promise<void> {
    const { clock } = this.#options.runtime
    const name = eventName(object, recorded.atMs, this.#sequence++)
    for (let attempt = 1; !this.#closing.signal.aborted; attempt++) {
      try {
        await this.#send(object, recorded, name)
        return
      } catch (error) {
        if (!isPassing(error) || attempt === attempts) {
          this.#log.warn('dropping an event', { name: object.name, reason: recorded.event.reason, err: error })
          return
        }
        const askedMs = error instanceof KubeError ? (error.retryAfterMs ?? 0) : 0
        await clock.sleep(Math.max(askedMs, firstRetryMs * 2 ** (attempt - 1)), this.#closing.signal).catch(() => {})
      }
    }
  }

  async #send(object: InvolvedObject, recorded: RecordedEvent, name: string): Promise<void> {
    const { type, reason, message } = recorded.event
    const key = JSON.stringify([object.uid, type, reason, message])
    const sent = this.#sent.get(key)
    if (sent !== undefined && (await this.#count(object, sent, recorded.atMs))) return
    await this.#create(object, recorded, name)
    this.#sent.set(key, { name, count: 1 })
  }

  /** Raises the count of an event; false when the server no longer has it, which happens after an hour. */
  async #count(object: InvolvedObject, sent: SentEvent, atMs: number): Promise<boolean> {
    const patch = { count: sent.count + 1, lastTimestamp: eventTime(atMs) }
    try {
      const at = { namespace: eventNamespace(object), name: sent.name }
      await this.#options.client.mergePatch(events, at, patch, { urgency: 'last' })
      sent.count++
      return true
    } catch (error) {
      if (isNotFound(error)) return false
      throw error
    }
  }

  async #create(object: InvolvedObject, { event, atMs }: RecordedEvent, name: string): Promise<void> {
    const at = { name, nowMs: atMs, component: this.#options.component }
    try {
      await this.#options.client.create(events, eventObject(object, event, at), { urgency: 'last' })
    } catch (error) {
      // The name is kept over attempts: this one exists because the answer to an earlier attempt was lost.
      if (!isAlreadyExists(error)) throw error
    }
  }
}

const whenEmptied = (lane: Lane, expired: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      lane.emptied.delete(done)
      resolve()
    }
    lane.emptied.add(done)
    expired.addEventListener('abort', done, { once: true })
  })
