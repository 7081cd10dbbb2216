import type { InvolvedObject } from '../kube/event-object.ts'
import type { EventRecorder } from '../kube/events.ts'
import type { Runtime } from '../kube/runtime.ts'
import { Backoff } from '../lib/backoff.ts'
import { startDeadline } from '../lib/deadline.ts'
import { Slots } from '../lib/slots.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { NotificationMetrics } from './metrics.ts'
import { SendError } from './services/send-error.ts'
import type { Destination, Notification, RetrySettings, SendContext, Service } from './services/service.ts'

/** A notification on its way. */
export interface Delivery {
  /** The Rollout that it tells of. */
  readonly object: InvolvedObject
  /** Type and reason under which it is counted. */
  readonly event: { readonly type: string; readonly reason: string }
  readonly trigger: string
  readonly destination: Destination
  readonly notification: Notification
  /** Namespace of the configuration that names the service. */
  readonly namespace: string
  /** The service as it is configured now; `undefined` when it is gone. */
  readonly service: () => Service | undefined
}

/** Settings of {@link Deliveries}. */
export interface DeliveriesOptions {
  readonly runtime: Runtime
  readonly events: Pick<EventRecorder, 'record'>
  readonly metrics: Pick<NotificationMetrics, 'delivered' | 'failed' | 'tried'>
  readonly context: Omit<SendContext, 'signal'>
  /** Notifications that may wait for one service; what comes beyond is given up. Default 1000. */
  readonly maxWaiting?: number
}

/** The notifications of one recipient, which are sent one after the other. */
interface Lane {
  readonly waiting: Delivery[]
}

/** What a service has on its way. */
interface Traffic {
  readonly slots: Slots
  readonly lanes: Map<string, Lane>
  count: number
}

/** Requests to one service at a time. */
const maxParallel = 4
/** Limit for one try. */
const tryMs = 30_000
/** A receiver may ask to wait this long; for longer it is not tried again. */
const longestWaitMs = 5 * 60_000

const defaultRetries: RetrySettings = { max: 4, waitMinMs: 1000, waitMaxMs: 30_000 }

const hint = 'Correct its configuration or the subscription; the next notification is sent with it'

/** What comes of a try, which ends with its deadline also where the service does not notice that. */
const withinDeadline = (sending: Promise<void>, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const expire = (): void => reject(new SendError(`no answer within ${tryMs / 1000} s`, { retry: true }))
    signal.addEventListener('abort', expire, { once: true })
    sending.then(resolve, reject).finally(() => signal.removeEventListener('abort', expire))
  })

/**
 * Delivers notifications beside the work of the controllers. Those of one recipient arrive in their order; a slow recipient
 * holds up nobody else, and a slow service no other. What may pass (429, 5xx, no answer) is tried again with growing delays.
 * One that is given up is a line of the log, a count, and a Warning event of its Rollout.
 */
export class Deliveries {
  readonly #options: DeliveriesOptions
  readonly #log: Logger
  /** By namespace and name of the service. */
  readonly #services = new Map<string, Traffic>()
  readonly #closing = new AbortController()
  readonly #emptied = new Set<() => void>()
  #count = 0

  constructor(options: DeliveriesOptions) {
    this.#options = options
    this.#log = options.runtime.log.child({ component: 'notifications' })
  }

  /** Notifications that are not delivered. */
  get pending(): number {
    return this.#count
  }

  /** Takes a notification and returns at once. */
  add(delivery: Delivery): void {
    const { namespace, destination } = delivery
    if (this.#closing.signal.aborted) return
    const key = `${namespace}/${destination.service}`
    const traffic = this.#services.get(key) ?? {
      slots: new Slots(maxParallel),
      lanes: new Map<string, Lane>(),
      count: 0,
    }
    this.#services.set(key, traffic)
    const most = this.#options.maxWaiting ?? 1000
    if (traffic.count >= most) {
      this.giveUp(delivery, `${most} notifications wait for this service already. See whether it answers`)
      return
    }
    traffic.count++
    this.#count++
    const lane = traffic.lanes.get(destination.recipient)
    if (lane !== undefined) {
      lane.waiting.push(delivery)
      return
    }
    const fresh: Lane = { waiting: [delivery] }
    traffic.lanes.set(destination.recipient, fresh)
    void this.#drain(key, traffic, destination.recipient, fresh)
  }

  /** Notes that something cannot be delivered. `why` holds no secret, and says what to do. */
  giveUp({ object, event, trigger, destination }: Omit<Delivery, 'notification' | 'service'>, why: string): void {
    const { events, metrics } = this.#options
    const { service, recipient } = destination
    const to = recipient === '' ? service : `${service}:${recipient}`
    const { namespace = '', name } = object
    metrics.failed({ namespace, name, ...event })
    this.#log.warn('giving up a notification', { rollout: `${namespace}/${name}`, trigger, to, why })
    const message = `Notification ${trigger} to ${to} was not delivered: ${why}.`
    events.record(object, { type: 'Warning', reason: 'NotificationFailed', message })
  }

  /** Goes on for `timeoutMs` at most with what waits, and takes nothing new; what is left then is given up with a line of the log. */
  async close(timeoutMs: number): Promise<void> {
    const timer = this.#options.runtime.clock.setTimer(timeoutMs, () => this.abort(new Error('stopping')))
    await new Promise<void>((resolve) => {
      if (this.#count === 0 || this.#closing.signal.aborted) resolve()
      else this.#emptied.add(resolve)
    })
    timer.cancel()
    this.abort(new Error('stopping'))
  }

  /** Ends at once. */
  abort(reason: Error): void {
    if (this.#closing.signal.aborted) return
    if (this.#count > 0)
      this.#log.warn('dropping notifications that were not delivered in time', { count: this.#count })
    this.#closing.abort(reason)
    for (const resolve of this.#emptied) resolve()
  }

  async #drain(key: string, traffic: Traffic, recipient: string, { waiting }: Lane): Promise<void> {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      await this.#deliver(traffic.slots, next)
      traffic.count--
      this.#count--
    }
    traffic.lanes.delete(recipient)
    if (traffic.lanes.size === 0) this.#services.delete(key)
    if (this.#count > 0) return
    for (const resolve of this.#emptied) resolve()
    this.#emptied.clear()
  }

  /** Tries until it is delivered or given up; never rejects. */
  async #deliver(slots: Slots, delivery: Delivery): Promise<void> {
    const { clock, random } = this.#options.runtime
    const retries = delivery.service()?.retries ?? defaultRetries
    const backoff = new Backoff({
      ...{ firstMs: retries.waitMinMs, maxMs: retries.waitMaxMs, resetAfterMs: Number.POSITIVE_INFINITY },
    })
    for (let attempt = 0; !this.#closing.signal.aborted; attempt++) {
      const error = await slots.use(() => this.#try(delivery))
      if (error === undefined || this.#closing.signal.aborted) return
      const waitMs = Math.max(error.retryAfterMs ?? 0, backoff.next(clock.monotonic(), random()))
      if (!error.retry || attempt >= retries.max || waitMs > longestWaitMs) {
        const tries = attempt === 0 ? '' : ` (${attempt + 1} tries)`
        this.giveUp(delivery, `${error.message}${tries}. ${hint}`)
        return
      }
      await clock.sleep(waitMs, this.#closing.signal).catch(() => {})
    }
  }

  /** Sends once; the error where it did not arrive. */
  async #try({
    service,
    notification,
    destination,
    object,
    event,
    namespace: from,
  }: Delivery): Promise<SendError | undefined> {
    const { runtime, context, metrics } = this.#options
    const { namespace = '', name } = object
    const current = service()
    if (current === undefined) {
      const what = `there is no usable service ${destination.service} in the ConfigMap of namespace ${from}`
      return new SendError(what, { retry: false })
    }
    const deadline = startDeadline(runtime.clock, tryMs, this.#closing.signal, 'sending a notification: no answer')
    const began = runtime.clock.monotonic()
    try {
      await withinDeadline(
        current.send(notification, destination, { ...context, signal: deadline.signal }),
        deadline.signal,
      )
      metrics.delivered({ namespace, name, ...event })
      this.#log.info('notified', {
        rollout: `${namespace}/${name}`,
        reason: event.reason,
        service: destination.service,
      })
      return undefined
    } catch (error) {
      if (error instanceof SendError) return error
      return new SendError('sending failed for an unexpected reason', { retry: false, cause: error })
    } finally {
      deadline.release()
      metrics.tried({ namespace, name }, (runtime.clock.monotonic() - began) / 1000)
    }
  }
}
