import type { ServedScope } from '../analysis/run-cache.ts'
import { replicaSets, rollouts, services } from '../api/resources.ts'
import type { KubeClient } from '../kube/client.ts'
import type { Outcome } from '../kube/controller.ts'
import { isNotFound, KubeError } from '../kube/errors.ts'
import type { EventRecorder } from '../kube/events.ts'
import type { LastWrites } from '../kube/expectations.ts'
import type { StoredObject } from '../kube/informer.ts'
import { nameOfKey } from '../kube/object-key.ts'
import type { Runtime } from '../kube/runtime.ts'
import type { DeepReadonly, JsonObject } from '../lib/json.ts'
import { cloneJson } from '../lib/json-value.ts'
import type { PluginRegistry } from '../plugins/registry.ts'
import { routersOf } from '../routers/registry.ts'
import type { ObjectWrite } from '../routers/router.ts'
import type { SpanSink } from '../telemetry/span.ts'
import { apply } from './apply.ts'
import { byManager, keyOf, type RolloutCaches } from './caches.ts'
import { conclude, type Report } from './conclude.ts'
import { decide } from './decide.ts'
import type { Effect, Outcome as EffectOutcome } from './effects.ts'
import type { Inquiries } from './inquiries.ts'
import { nobodyListens, type RolloutListener } from './listener.ts'
import { logTransitions } from './log-transitions.ts'
import type { RolloutMetrics } from './metrics.ts'
import { type Observation, observe } from './observe.ts'
import type { OwnWrites } from './own-writes.ts'
import { isAsPlanned, type Pass, withGeneration } from './pass.ts'
import type { Plan } from './plan.ts'
import { flushEvents, onlyCounts, type PublishContext, recordEvents, statusPatch, writeStatus } from './publish.ts'
import { readRollout, storedStatus } from './read-rollout.ts'
import { releasePatch } from './release-service.ts'
import { traceOf } from './release-trace.ts'
import { ReleaseTracer } from './release-tracer.ts'
import { RoutingMemories } from './routing-memory.ts'
import type { Snapshot } from './snapshot.ts'

/** What a reconciler reads by, writes with and asks. */
export interface RolloutReconcilerOptions {
  readonly client: KubeClient
  readonly events: EventRecorder
  readonly runtime: Runtime
  readonly scope: ServedScope
  /** The configured plugins. */
  readonly registry: PluginRegistry
  /** Where the traces of releases are told; nobody is told when absent. */
  readonly traces?: SpanSink | undefined
  /** Who is told what becomes of Rollouts. Default: nobody. */
  readonly listener?: RolloutListener | undefined
}

/**
 * A 404 that names the object. One that does not is about the whole kind, which an API server that has just started says
 * of every custom resource: nothing may be concluded from that.
 */
const isGoneForSure = (error: unknown, name: string): boolean =>
  error instanceof KubeError && isNotFound(error) && error.serverMessage.includes(`"${name}"`)

/** What came of a pass. */
interface Played {
  readonly snapshot: Snapshot
  readonly plan: Plan
  readonly report: Report
}

/** How long changes of counts alone may be gathered. */
const countsWaitMs = 1000

/** One pass after another over Rollouts: observe, decide, apply, conclude, publish. */
export class RolloutReconciler {
  readonly #options: RolloutReconcilerOptions
  readonly #caches: RolloutCaches
  readonly #lastWrites: LastWrites
  readonly #ownWrites: OwnWrites
  readonly #metrics: RolloutMetrics
  readonly #enqueue: (key: string) => void
  readonly #noteRefs: (key: string, snapshot: Snapshot) => void
  readonly #inquiries: Inquiries
  readonly #tracer: ReleaseTracer | undefined
  readonly #listener: RolloutListener
  readonly #routings = new RoutingMemories()
  /** By key: when counts that are waiting must be written, in monotonic milliseconds. */
  readonly #countsDue = new Map<string, number>()
  /** Rollouts that are gone, and may have marked objects that stay. */
  readonly #deleted = new Map<string, DeepReadonly<StoredObject>>()
  /** Keys that wait for their caches. */
  readonly #waiting = new Set<string>()

  constructor(
    options: RolloutReconcilerOptions,
    parts: {
      caches: RolloutCaches
      lastWrites: LastWrites
      ownWrites: OwnWrites
      metrics: RolloutMetrics
      enqueue: (key: string) => void
      noteRefs: (key: string, snapshot: Snapshot) => void
      inquiries: Inquiries
    },
  ) {
    this.#options = options
    this.#caches = parts.caches
    this.#lastWrites = parts.lastWrites
    this.#ownWrites = parts.ownWrites
    this.#metrics = parts.metrics
    this.#enqueue = parts.enqueue
    this.#noteRefs = parts.noteRefs
    this.#inquiries = parts.inquiries
    this.#tracer = options.traces && new ReleaseTracer(options.traces)
    this.#listener = options.listener ?? nobodyListens
  }

  /** Notes how a Rollout was when it was deleted, for the pass that follows. */
  noteDeleted(key: string, object: DeepReadonly<StoredObject>): void {
    this.#deleted.set(key, object)
  }

  forget(key: string): void {
    this.#deleted.delete(key)
    this.#countsDue.delete(key)
    this.#lastWrites.forget(key)
    this.#ownWrites.forget(key)
    this.#metrics.forget(key)
    this.#tracer?.forget(key)
    this.#inquiries.forget(key)
    this.#routings.forget(key)
  }

  async reconcile(key: string, signal: AbortSignal): Promise<Outcome> {
    const { namespace, name } = nameOfKey(key)
    const object = this.#caches.rollouts.store.get(namespace, name)
    if (object === undefined) return this.#giveBack(key, signal)
    this.#deleted.delete(key)
    if (object.metadata.deletionTimestamp !== undefined) return { type: 'done' }
    const replies = this.#inquiries.repliesFor(key)
    const observation = this.#observe(object, replies)
    if (observation.type === 'waiting') {
      this.#awaitCaches(key, observation.until)
      return { type: 'done' }
    }
    this.#ownWrites.begin(key)
    let asPlanned = false
    try {
      const { report, plan, outcome } = await this.#play(key, { object, latest: object, replies }, observation, signal)
      if (report.status === plan.status) this.#inquiries.told(key, replies)
      asPlanned = report.next.type === 'done'
      return outcome
    } finally {
      if (this.#ownWrites.end(key, asPlanned)) this.#enqueue(key)
    }
  }

  async #play(key: string, pass: Pass, { snapshot }: { readonly snapshot: Snapshot }, signal: AbortSignal) {
    this.#noteRefs(key, snapshot)
    const plan = decide(snapshot)
    this.#routings.saw(key, plan.routing)
    const outcomes = await this.#apply(key, snapshot, plan.effects, pass, signal)
    this.#log(key, outcomes)
    this.#metrics.applied(outcomes)
    for (const { effect, result } of outcomes) {
      if (effect.type === 'routeTraffic' && result === 'done') this.#routings.wrote(key, effect, snapshot.now)
    }
    const report = conclude(snapshot, plan, outcomes)
    return { plan, report, outcome: await this.#publish(key, { snapshot, plan, report }, pass, signal) }
  }

  #observe(object: DeepReadonly<StoredObject>, replies: Pass['replies']): Observation {
    const { runtime, scope, registry, client } = this.#options
    const { namespace, name } = object.metadata
    const routingMemory = this.#routings.of(keyOf(namespace, name))
    const outside = { plugins: registry, replies, routingMemory, fieldManager: client.fieldManager }
    return observe(this.#caches, object, runtime.clock.now(), scope.instanceId, outside)
  }

  /**
   * After a Rollout: Services and subsets select pods of any revision again. The server is asked first, since a Rollout that is
   * not in the cache may be that of another controller.
   */
  async #giveBack(key: string, signal: AbortSignal): Promise<Outcome> {
    const managed = this.#caches.services.store.byIndex(byManager, key)
    const marked = this.#markedBy(key)
    if (managed.length + marked.length === 0) return this.#left(key)
    const { client } = this.#options
    const { namespace, name } = nameOfKey(key)
    try {
      await client.get(rollouts, { namespace, name }, { signal })
      return this.#left(key)
    } catch (error) {
      if (!isGoneForSure(error, name)) throw error
    }
    for (const service of managed) {
      const patch = releasePatch(service)
      if (patch === undefined) continue
      const written = await client.mergePatch(services, { namespace, name: service.metadata.name }, patch, { signal })
      this.#lastWrites.remember(key, this.#caches.services, written)
    }
    for (const { ref, ...write } of marked) {
      if (write.type === 'patch') await client.mergePatch(ref.resource, ref, write.patch, { signal })
    }
    return this.#left(key)
  }

  #left(key: string): Outcome {
    this.#deleted.delete(key)
    return { type: 'done' }
  }

  /** Writes to routing objects that a Rollout has marked which is gone. */
  #markedBy(key: string): readonly ObjectWrite[] {
    const object = this.#deleted.get(key)
    if (object === undefined) return []
    const routers = routersOf(readRollout(object).rollout, this.#caches.routerVersions)
    return routers.flatMap((router) => router.free?.(this.#caches.known) ?? [])
  }

  /** Looks at a Rollout again once it is known of its caches; it waits once, however often it is looked at meanwhile. */
  #awaitCaches(key: string, until: readonly (() => Promise<void>)[]): void {
    if (this.#waiting.has(key)) return
    this.#waiting.add(key)
    void Promise.all(until.map((wait) => wait())).then(() => {
      this.#waiting.delete(key)
      this.#enqueue(key)
    })
  }

  #apply(
    key: string,
    snapshot: Snapshot,
    effects: readonly Effect[],
    pass: Pass,
    signal: AbortSignal,
  ): Promise<readonly EffectOutcome[]> {
    const { client } = this.#options
    const { rollout, replicaSets: judged } = snapshot
    const { namespace, name, uid } = rollout.metadata
    return apply(
      {
        client,
        namespace,
        rollout: { name, uid },
        signal,
        written: (resource, written) => {
          if (resource === rollouts) {
            this.#ownWrites.wrote(key, pass.latest.metadata.resourceVersion, written)
            pass.latest = written
          }
          if (resource === replicaSets) this.#noteReplicaSet(key, judged, written)
          const cache = this.#caches.of(resource)
          this.#lastWrites.remember(key, cache, written)
        },
        ask: (effect) => this.#inquiries.begin(key, effect, snapshot),
        deleted: (resource, deleted) => {
          const metadata = { ...deleted, ...(namespace !== undefined && { namespace }), resourceVersion: '' }
          this.#lastWrites.rememberDelete(key, this.#caches.of(resource), { metadata })
        },
      },
      effects,
    )
  }

  #noteReplicaSet(key: string, judged: Snapshot['replicaSets'], written: StoredObject): void {
    const before = judged.find(({ metadata }) => metadata.uid === written.metadata.uid)
    if (isAsPlanned(before, written)) this.#ownWrites.wrote(key, before?.metadata.resourceVersion, written)
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

  async #publish(key: string, { snapshot, plan, report }: Played, pass: Pass, signal: AbortSignal): Promise<Outcome> {
    const { client, events, runtime } = this.#options
    const { rollout } = snapshot
    const context = { client, events, signal }
    const { object } = pass
    const traceId = this.#tracer && traceOf(object.metadata.uid, report.status)?.traceId
    recordEvents(context, object, report, traceId)
    this.#listener.announced({ key, object, rollout, events: report.events, phase: report.status.phase })
    this.#metrics.recorded(key, report.events)
    this.#tracer?.recorded(key, report.events, runtime.clock.now())
    let { wakeAt } = plan
    const status = withGeneration(report.status, pass)
    const patch = statusPatch(object, status)
    const waitMs = patch === undefined ? undefined : this.#countsWait(key, object, patch)
    if (patch !== undefined && waitMs === undefined) {
      await flushEvents(context, object)
      const settled = report.next.type === 'done' ? this.#settle(key, pass, status) : undefined
      if (settled !== undefined) wakeAt = settled.wakeAt
      await this.#writeStatus(key, pass, settled === undefined ? patch : statusPatch(object, settled.status), context)
    }
    this.#listener.settled(key, pass.latest)
    for (const finished of report.finished) this.#metrics.finished(finished)
    if (report.next.type === 'retry') throw report.next.error
    if (report.next.type === 'again') return { type: 'requeue' }
    const wakeMs = wakeAt === undefined ? undefined : Math.max(0, wakeAt - runtime.clock.now())
    const ms = Math.min(waitMs ?? Number.POSITIVE_INFINITY, wakeMs ?? Number.POSITIVE_INFINITY)
    return ms === Number.POSITIVE_INFINITY ? { type: 'done' } : { type: 'requeueAfter', ms }
  }

  /**
   * What came while effects were applied and events sent is mostly what ReplicaSets report about the new sizes. Where it
   * changes nothing but the status, one write tells both.
   */
  #settle(key: string, { latest, replies }: Pass, status: Report['status']): Plan | undefined {
    if (!this.#ownWrites.hasNews(key)) return undefined
    const observation = this.#observe({ ...latest, status: cloneJson(status) as JsonObject }, replies)
    if (observation.type === 'waiting') return undefined
    const plan = decide(observation.snapshot)
    if (plan.effects.length + plan.announcements.length + plan.finished.length > 0) return undefined
    this.#ownWrites.catchUp(key)
    return plan
  }

  async #writeStatus(key: string, pass: Pass, patch: JsonObject | undefined, context: PublishContext): Promise<void> {
    if (patch === undefined) return
    const { object, latest } = pass
    const { resourceVersion } = latest.metadata
    const write = writeStatus(context, object, patch, resourceVersion)
    const current = () => context.client.get(rollouts, object.metadata, { signal: context.signal })
    pass.latest = await this.#lastWrites.follow(key, this.#caches.rollouts, object, write, current)
    this.#ownWrites.wrote(key, resourceVersion, pass.latest)
    logTransitions(this.#options.runtime.log, key, object, patch)
    if (this.#tracer === undefined) return
    const after = readRollout(pass.latest).rollout.status ?? {}
    this.#tracer.changed(key, { ...readRollout(object), after, now: this.#options.runtime.clock.now() })
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
}
