import type { ServedScope } from '../analysis/run-cache.ts'
import { rollouts, services } from '../api/resources.ts'
import type { KubeClient } from '../kube/client.ts'
import { Controller, type Outcome } from '../kube/controller.ts'
import { isNotFound, KubeError } from '../kube/errors.ts'
import type { EventRecorder } from '../kube/events.ts'
import { LastWrites } from '../kube/expectations.ts'
import type { StoredObject } from '../kube/informer.ts'
import type { InformerFactory } from '../kube/informer-factory.ts'
import type { Net } from '../kube/net.ts'
import type { QueueMetrics } from '../kube/queue.ts'
import type { Runtime } from '../kube/runtime.ts'
import type { SharedInformer } from '../kube/shared-informer.ts'
import type { DeepReadonly, JsonObject } from '../lib/json.ts'
import { cloneJson } from '../lib/json-value.ts'
import type { PluginCaller } from '../plugins/plugins.ts'
import type { PluginRegistry } from '../plugins/registry.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { apply } from './apply.ts'
import { byManager, keyOf, RolloutCaches } from './caches.ts'
import { conclude, type Report } from './conclude.ts'
import { decide } from './decide.ts'
import type { Effect, Outcome as EffectOutcome } from './effects.ts'
import { rolloutDeleted } from './events.ts'
import { Inquiries } from './inquiries.ts'
import { RolloutMetrics } from './metrics.ts'
import { observe } from './observe.ts'
import type { Plan } from './plan.ts'
import { pluginUses } from './plugin-uses.ts'
import { involvedRollout, onlyCounts, recordEvents, statusPatch, writeStatus } from './publish.ts'
import { readRollout, storedStatus } from './read-rollout.ts'
import { releasePatch } from './release-service.ts'
import type { Snapshot } from './snapshot.ts'
import { watchCaches } from './watch-caches.ts'

/** What the controller is made of. */
export interface RolloutControllerOptions {
  readonly informers: InformerFactory
  readonly client: KubeClient
  readonly events: EventRecorder
  readonly runtime: Runtime
  readonly metrics: Metrics
  readonly queueMetrics?: QueueMetrics
  readonly scope: ServedScope
  /** The configured plugins, and what asks them. */
  readonly registry: PluginRegistry
  readonly plugins: Pick<PluginCaller, 'call' | 'describe'>
  /** For routers that ask a foreign API. */
  readonly net: Net
  /** Rollouts that are worked on at a time. Default 10. */
  readonly workers?: number
}

/** The Rollout controller. */
export interface RolloutController {
  /** Starts the work; the caches must be synced. */
  start(): void
  /** Ends when what is queued is done, within `deadlineMs`. */
  stop(deadlineMs: number): Promise<void>
  /** Ends at once: the leadership is lost. */
  abort(reason: Error): Promise<void>
  /** Whether nothing is queued or in work. Delayed passes do not count. */
  readonly idle: boolean
}

/**
 * A 404 that names the object. One that does not is about the whole kind, which an API server that has just started says
 * of every custom resource: nothing may be concluded from that.
 */
const isGoneForSure = (error: unknown, name: string): boolean =>
  error instanceof KubeError && isNotFound(error) && error.serverMessage.includes(`"${name}"`)

const nameOf = (key: string): { readonly namespace: string; readonly name: string } => {
  const slash = key.indexOf('/')
  return { namespace: key.slice(0, slash), name: key.slice(slash + 1) }
}

/** How long changes of counts alone may be gathered. */
const countsWaitMs = 1000

/** One pass after another over Rollouts: observe, decide, apply, conclude, publish. */
class RolloutReconciler {
  readonly #options: RolloutControllerOptions
  readonly #caches: RolloutCaches
  readonly #lastWrites: LastWrites
  readonly #metrics: RolloutMetrics
  readonly #enqueue: (key: string) => void
  readonly #noteRefs: (key: string, snapshot: Snapshot) => void
  readonly #inquiries: Inquiries
  /** By key: when counts that are waiting must be written, in monotonic milliseconds. */
  readonly #countsDue = new Map<string, number>()
  /** Keys that wait for their caches. */
  readonly #waiting = new Set<string>()

  constructor(
    options: RolloutControllerOptions,
    parts: {
      caches: RolloutCaches
      lastWrites: LastWrites
      metrics: RolloutMetrics
      enqueue: (key: string) => void
      noteRefs: (key: string, snapshot: Snapshot) => void
      inquiries: Inquiries
    },
  ) {
    this.#options = options
    this.#caches = parts.caches
    this.#lastWrites = parts.lastWrites
    this.#metrics = parts.metrics
    this.#enqueue = parts.enqueue
    this.#noteRefs = parts.noteRefs
    this.#inquiries = parts.inquiries
  }

  forget(key: string): void {
    this.#countsDue.delete(key)
    this.#lastWrites.forget(key)
    this.#metrics.forget(key)
    this.#inquiries.forget(key)
  }

  async reconcile(key: string, signal: AbortSignal): Promise<Outcome> {
    const { namespace, name } = nameOf(key)
    const object = this.#caches.rollouts.store.get(namespace, name)
    if (object === undefined) return this.#giveBackServices(key, signal)
    if (object.metadata.deletionTimestamp !== undefined) return { type: 'done' }
    const now = this.#options.runtime.clock.now()
    const replies = this.#inquiries.repliesFor(key)
    const outside = { plugins: this.#options.registry, replies }
    const observation = observe(this.#caches, object, now, this.#options.scope.instanceId, outside)
    if (observation.type === 'waiting') {
      this.#awaitCaches(key, observation.caches)
      return { type: 'done' }
    }
    const { snapshot } = observation
    this.#noteRefs(key, snapshot)
    const plan = decide(snapshot)
    const written = { resourceVersion: object.metadata.resourceVersion, generation: object.metadata.generation }
    const outcomes = await this.#apply(key, snapshot, plan.effects, written, signal)
    this.#log(key, outcomes)
    const report = conclude(snapshot, plan, outcomes)
    const outcome = await this.#publish(key, object, plan, report, written, signal)
    if (report.status === plan.status) this.#inquiries.told(key, replies)
    return outcome
  }

  /**
   * After a Rollout: its Services select pods of any revision again. The server is asked first, since a Rollout that is
   * not in the cache may be that of another controller.
   */
  async #giveBackServices(key: string, signal: AbortSignal): Promise<Outcome> {
    const managed = this.#caches.services.store.byIndex(byManager, key)
    if (managed.length === 0) return { type: 'done' }
    const { client } = this.#options
    const { namespace, name } = nameOf(key)
    try {
      await client.get(rollouts, { namespace, name }, { signal })
      return { type: 'done' }
    } catch (error) {
      if (!isGoneForSure(error, name)) throw error
    }
    for (const service of managed) {
      const patch = releasePatch(service)
      if (patch === undefined) continue
      const written = await client.mergePatch(services, { namespace, name: service.metadata.name }, patch, { signal })
      this.#lastWrites.remember(key, this.#caches.services, written)
    }
    return { type: 'done' }
  }

  /** Looks at a Rollout again once its caches are current; it waits once, however often it is looked at meanwhile. */
  #awaitCaches(key: string, caches: readonly Pick<SharedInformer<unknown>, 'whenCurrent'>[]): void {
    if (this.#waiting.has(key)) return
    this.#waiting.add(key)
    void Promise.all(caches.map((cache) => cache.whenCurrent())).then(() => {
      this.#waiting.delete(key)
      this.#enqueue(key)
    })
  }

  #apply(
    key: string,
    { rollout }: Snapshot,
    effects: readonly Effect[],
    latest: LatestVersion,
    signal: AbortSignal,
  ): Promise<readonly EffectOutcome[]> {
    const { client } = this.#options
    const { namespace, name, uid } = rollout.metadata
    return apply(
      {
        client,
        namespace,
        rollout: { name, uid },
        signal,
        written: (resource, written) => {
          if (resource === rollouts) Object.assign(latest, versionOf(written))
          const cache = this.#caches.of(resource)
          this.#lastWrites.remember(key, cache, written)
        },
        ask: (effect) => this.#inquiries.begin(key, effect, cloneJson(rollout) as JsonObject),
        deleted: (resource, deleted) => {
          const metadata = { ...deleted, ...(namespace !== undefined && { namespace }), resourceVersion: '' }
          this.#lastWrites.rememberDelete(key, this.#caches.of(resource), { metadata })
        },
      },
      effects,
    )
  }

  #log(key: string, outcomes: readonly EffectOutcome[]): void {
    for (const outcome of outcomes) {
      const { type, key: target, why } = outcome.effect
      if (outcome.result === 'done')
        this.#options.runtime.log.info('applied', { rollout: key, effect: type, target, why })
      if (outcome.result === 'failed') {
        const fields = { rollout: key, effect: type, target, why, err: outcome.error }
        this.#options.runtime.log.warn('applying failed', fields)
      }
    }
  }

  async #publish(
    key: string,
    object: DeepReadonly<StoredObject>,
    plan: Plan,
    report: Report,
    latest: LatestVersion,
    signal: AbortSignal,
  ): Promise<Outcome> {
    const { client, events, runtime } = this.#options
    const context = { client, events, signal }
    recordEvents(context, object, report)
    this.#metrics.recorded(key, report.events)
    const patch = statusPatch(object, withGeneration(report.status, object, latest))
    const waitMs = patch === undefined ? undefined : this.#countsWait(key, object, patch)
    if (patch !== undefined && waitMs === undefined) {
      const write = writeStatus(context, object, patch, latest.resourceVersion)
      await this.#lastWrites.follow(key, this.#caches.rollouts, object, write)
      this.#logPhase(key, object, patch)
    }
    for (const finished of report.finished) this.#metrics.finished(finished)
    if (report.next.type === 'retry') throw report.next.error
    if (report.next.type === 'again') return { type: 'requeue' }
    const wakeMs = plan.wakeAt === undefined ? undefined : Math.max(0, plan.wakeAt - runtime.clock.now())
    const ms = Math.min(waitMs ?? Number.POSITIVE_INFINITY, wakeMs ?? Number.POSITIVE_INFINITY)
    return ms === Number.POSITIVE_INFINITY ? { type: 'done' } : { type: 'requeueAfter', ms }
  }

  /** How long a status of which only counts differ still waits for others; `undefined` when it is written now. */
  #countsWait(key: string, object: DeepReadonly<StoredObject>, patch: JsonObject): number | undefined {
    const now = this.#options.runtime.clock.monotonic()
    if (!onlyCounts(patch, storedStatus(object))) {
      this.#countsDue.delete(key)
      return undefined
    }
    const due = this.#countsDue.get(key) ?? now + countsWaitMs
    if (due <= now) {
      this.#countsDue.delete(key)
      return undefined
    }
    this.#countsDue.set(key, due)
    return due - now
  }

  #logPhase(key: string, object: DeepReadonly<StoredObject>, patch: JsonObject): void {
    if (patch.phase === undefined || patch.phase === storedStatus(object).phase) return
    const { phase, message } = patch
    this.#options.runtime.log.info('the phase of a Rollout changed', { rollout: key, phase, message })
  }
}

/** Version and generation of the Rollout after the last write of a pass. */
interface LatestVersion {
  resourceVersion: string
  generation: unknown
}

const versionOf = ({ metadata }: StoredObject): LatestVersion => ({
  resourceVersion: metadata.resourceVersion,
  generation: metadata.generation,
})

/** A pass that filled in a default has observed what it made of the spec. */
const withGeneration = (
  status: Report['status'],
  { metadata }: DeepReadonly<StoredObject>,
  latest: LatestVersion,
): Report['status'] =>
  latest.generation === metadata.generation || status.observedGeneration !== String(metadata.generation)
    ? status
    : { ...status, observedGeneration: String(latest.generation) }

/** Wires the Rollout controller. Its caches come from `informers`, which the caller starts and waits for. */
export const createRolloutController = (options: RolloutControllerOptions): RolloutController => {
  const { informers, runtime, scope, registry, plugins, net } = options
  const caches = new RolloutCaches(informers, scope)
  const lastWrites = new LastWrites(runtime.clock)
  const metrics = new RolloutMetrics(options.metrics, caches.rollouts.store)
  const enqueue = (key: string): void => controller.queue.add(key)
  const inquiries = new Inquiries({ plugins, net, clock: runtime.clock, onReply: enqueue })
  const watching = watchCaches(caches, enqueue, (object) => {
    const { namespace, name } = object.metadata
    const key = keyOf(namespace, name)
    reconciler.forget(key)
    // Without the kind nothing is known about its objects.
    if (caches.rollouts.state === 'absent') return
    options.events.record(involvedRollout(object), rolloutDeleted(namespace ?? '', name))
    enqueue(key)
  })
  const reconciler = new RolloutReconciler(options, {
    caches,
    lastWrites,
    metrics,
    enqueue,
    noteRefs: (key, snapshot) => watching.noteRefs(key, snapshot),
    inquiries,
  })
  const controller = new Controller({
    name: 'rollout',
    workers: options.workers ?? 10,
    runtime,
    lastWrites,
    metrics,
    ...(options.queueMetrics && { queueMetrics: options.queueMetrics }),
    reconcile: (key, signal) => reconciler.reconcile(key, signal),
  })
  watching.start()
  registry.onChange(() => {
    for (const object of caches.rollouts.store.list()) {
      const { namespace, name } = object.metadata
      const key = keyOf(namespace, name)
      if (pluginUses(readRollout(object).rollout).length === 0) continue
      inquiries.askRoutersAnew(key)
      enqueue(key)
    }
  })
  return {
    start: () => controller.start(),
    stop: (deadlineMs) => {
      inquiries.stop()
      return controller.stop(deadlineMs)
    },
    abort: (reason) => {
      inquiries.stop()
      return controller.abort(reason)
    },
    get idle() {
      return controller.queue.depth === 0 && controller.queue.processing === 0
    },
  }
}
