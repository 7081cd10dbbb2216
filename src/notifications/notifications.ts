import {
  analysisRunCache,
  instanceSelector,
  readRun,
  runsByController,
  type ServedScope,
} from '../analysis/run-cache.ts'
import { rollouts } from '../api/resources.ts'
import type { KubeClient } from '../kube/client.ts'
import { Controller } from '../kube/controller.ts'
import type { EventRecorder } from '../kube/events.ts'
import { LastWrites } from '../kube/expectations.ts'
import type { StoredObject } from '../kube/informer.ts'
import { type InformerFactory, rawView } from '../kube/informer-factory.ts'
import { nameOfKey } from '../kube/object-key.ts'
import type { Runtime } from '../kube/runtime.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { byOwner, keyOf, ownerOf } from '../rollout/caches.ts'
import type { RolloutEvent } from '../rollout/events.ts'
import type { RolloutListener } from '../rollout/listener.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { ConditionWatch } from './condition-watch.ts'
import { Deliveries } from './deliveries.ts'
import { NotificationMetrics } from './metrics.ts'
import { OncePerMoment } from './once-per-moment.ts'
import { Outbox, type ToldEvent } from './outbox.ts'
import { newMemory } from './services/memory.ts'
import type { SendContext } from './services/service.ts'
import { SettingsSource } from './settings-source.ts'
import { Teller } from './teller.ts'
import { triggerOf } from './trigger-name.ts'
import { firesAtEvents } from './triggers.ts'

/** What notifications are made of. */
export interface NotificationsOptions {
  readonly informers: InformerFactory
  readonly client: KubeClient
  readonly events: EventRecorder
  readonly runtime: Runtime
  readonly metrics: Metrics
  readonly scope: ServedScope
  /** Namespace of the controller, where its ConfigMap and Secret are. */
  readonly ownNamespace: string
  /** Whether namespaces of Rollouts may have a ConfigMap and a Secret of their own. */
  readonly selfService: boolean
  /** How services reach outside. */
  readonly outside: Pick<SendContext, 'net' | 'connect' | 'surroundings'>
}

/** Rollouts whose conditions are judged at a time. */
const workers = 4

/** Told events that wait until the configuration is known. */
const mostEarly = 1000

/** Tells people of releases: at events, and when conditions become true. Nothing runs until {@link start}. */
export class Notifications {
  readonly listener: RolloutListener
  readonly #source: SettingsSource
  readonly #deliveries: Deliveries
  readonly #teller: Teller
  readonly #outbox = new Outbox()
  readonly #once = new OncePerMoment()
  readonly #conditions: Controller
  readonly #metrics: NotificationMetrics
  readonly #rollouts
  #early: ToldEvent[] = []
  #works = false

  constructor(options: NotificationsOptions) {
    const { informers, client, events, runtime, scope, ownNamespace, selfService, outside } = options
    const log = runtime.log.child({ component: 'notifications' })
    this.#source = new SettingsSource({ informers, log, ownNamespace, selfService })
    const labelSelector = instanceSelector(scope.instanceId)
    const { namespace } = scope
    this.#rollouts = informers.informer({ resource: rollouts, namespace, labelSelector, view: rawView })
    const runs = informers.informer({ ...analysisRunCache(scope), indexes: { [byOwner]: runsByController } })
    this.#metrics = new NotificationMetrics(options.metrics, {
      waiting: () => this.#deliveries.pending,
      exists: ({ namespace: of, name }) => this.#rollouts.store.get(of, name) !== undefined,
    })
    const context = { ...outside, clock: runtime.clock, memory: newMemory() }
    this.#deliveries = new Deliveries({ runtime, events, metrics: this.#metrics, context })
    this.#teller = new Teller({
      ...{ source: this.#source, runtime, events, deliveries: this.#deliveries },
      analysisRunsOf: ({ metadata }) => runs.store.byIndex(byOwner, metadata.uid),
    })
    this.#conditions = this.#watchConditions(client, runtime)
    this.#rollouts.onChange(({ object }) => this.#judgeSoon(object))
    runs.onChange(({ object }) => this.#judgeOwner(object))
    this.#source.onChange(() => this.#judgeAll())
    this.listener = {
      announced: (announcement) => this.#outbox.announced(announcement),
      settled: (key, object) => this.#tellAll(this.#outbox.settled(key, object)),
      deleted: (key, object, event) => this.#tellDeleted(key, object, event),
    }
  }

  #watchConditions(client: KubeClient, runtime: Runtime): Controller {
    const lastWrites = new LastWrites(runtime.clock)
    const now = () => runtime.clock.now()
    const parts = { teller: this.#teller, once: this.#once, rollouts: this.#rollouts }
    const watch = new ConditionWatch({ ...parts, client, lastWrites, now })
    const reconcile = watch.reconcile.bind(watch)
    return new Controller({ name: 'notification', workers, runtime, lastWrites, reconcile })
  }

  /** Begins to watch the configuration and to send. Called by the leader only. */
  start(): void {
    this.#works = true
    this.#source.start()
    this.#conditions.start()
    void this.#source.whenKnown().then(() => {
      this.#judgeAll()
      for (const told of this.#early.splice(0)) this.#tell(told)
    })
  }

  /** Sends what waits, for `timeoutMs` at most. Called once nothing is announced any more. */
  async stop(timeoutMs: number): Promise<void> {
    await this.#conditions.stop(timeoutMs)
    await this.#deliveries.close(timeoutMs)
  }

  /** Ends at once: the leadership is lost. */
  async abort(reason: Error): Promise<void> {
    this.#deliveries.abort(reason)
    await this.#conditions.abort(reason)
  }

  /** Whether nothing is to be judged or delivered. */
  get idle(): boolean {
    return this.#conditions.idle && this.#deliveries.pending === 0 && this.#early.length === 0
  }

  #judgeAll(): void {
    for (const object of this.#rollouts.store.list()) this.#judgeSoon(object)
  }

  #judgeSoon({ metadata: { namespace = '', name } }: DeepReadonly<StoredObject>): void {
    if (!this.#works || !this.#source.of(namespace).some(({ settings }) => settings.watchesChanges)) return
    this.#conditions.queue.add(keyOf(namespace, name))
  }

  #judgeOwner(run: DeepReadonly<StoredObject>): void {
    const read = readRun(run)
    const name = read.ok ? ownerOf(read.run.metadata) : undefined
    const owner = name === undefined ? undefined : this.#rollouts.store.get(run.metadata.namespace, name)
    if (owner !== undefined) this.#judgeSoon(owner)
  }

  #tellDeleted(key: string, object: DeepReadonly<StoredObject>, event: RolloutEvent): void {
    this.#outbox.forget(key)
    this.#metrics.forget(nameOfKey(key))
    this.#tellAll([{ event, rollout: object }])
  }

  #tellAll(told: readonly ToldEvent[]): void {
    for (const each of told) {
      if (this.#source.known) this.#tell(each)
      else if (this.#early.length < mostEarly) this.#early.push(each)
    }
  }

  #tell({ event, rollout }: ToldEvent): void {
    const trigger = triggerOf(event.reason)
    const tellings = this.#teller.tellingsOf(rollout, trigger).filter(({ condition }) => firesAtEvents(condition))
    for (const telling of tellings) {
      const { scope, condition } = telling
      const variables = this.#teller.variables(scope, rollout)
      if (!this.#teller.judge(condition, variables).holds || !this.#once.isNew('event', telling, rollout)) continue
      this.#teller.tell(telling, rollout, variables, event)
    }
  }
}
