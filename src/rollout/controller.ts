import type { ServedScope } from '../analysis/run-cache.ts'
import type { KubeClient } from '../kube/client.ts'
import { Controller } from '../kube/controller.ts'
import type { EventRecorder } from '../kube/events.ts'
import { LastWrites } from '../kube/expectations.ts'
import type { StoredObject } from '../kube/informer.ts'
import type { InformerFactory } from '../kube/informer-factory.ts'
import type { Net } from '../kube/net.ts'
import type { QueueMetrics } from '../kube/queue.ts'
import type { Runtime } from '../kube/runtime.ts'
import type { DeepReadonly } from '../lib/json.ts'
import type { PluginCaller } from '../plugins/plugins.ts'
import type { PluginRegistry } from '../plugins/registry.ts'
import { askQueryApi } from '../providers/aws/query-api.ts'
import type { Surroundings } from '../providers/surroundings.ts'
import type { RouterVersions } from '../routers/router-versions.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { keyOf, RolloutCaches } from './caches.ts'
import { rolloutDeleted } from './events.ts'
import { Inquiries } from './inquiries.ts'
import type { RolloutListener } from './listener.ts'
import { RolloutMetrics } from './metrics.ts'
import { OwnWrites } from './own-writes.ts'
import { pluginUses } from './plugin-uses.ts'
import { involvedRollout } from './publish.ts'
import { readRollout } from './read-rollout.ts'
import { RolloutReconciler } from './reconciler.ts'
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
  /** Where they find credentials. */
  readonly surroundings: Surroundings
  /** Which API the objects of routers have. Default: as published. */
  readonly routerVersions?: RouterVersions | undefined
  /** Who is told what becomes of Rollouts. Default: nobody. */
  readonly listener?: RolloutListener | undefined
  /** Rollouts that are decided about at a time; of those whose writes are under way there are more. Default 10. */
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
 * A pass is a few milliseconds of work and long waits for answers. How many calls are under way at a time is for the
 * transport to say, which sends the most urgent first; this is how many passes it can choose from.
 */
const passesPerWorker = 10

/** Wires the Rollout controller. Its caches come from `informers`, which the caller starts and waits for. */
export const createRolloutController = (options: RolloutControllerOptions): RolloutController => {
  const { informers, runtime, scope, registry, plugins, net, client, surroundings } = options
  const { clock } = runtime
  const caches = new RolloutCaches(informers, scope, options.routerVersions)
  const lastWrites = new LastWrites(clock)
  const ownWrites = new OwnWrites()
  const metrics = new RolloutMetrics(options.metrics, caches.rollouts.store)
  const enqueue = (key: string): void => controller.queue.add(key)
  const inquiries = new Inquiries({
    plugins,
    net,
    aws: (question, signal) => askQueryApi(question, { net, clock, surroundings, signal }),
    list: (resource, from) => client.list(resource, from),
    clock,
    onReply: enqueue,
  })
  let works = false
  const onDeleted = (object: DeepReadonly<StoredObject>): void => {
    const { namespace, name } = object.metadata
    const key = keyOf(namespace, name)
    reconciler.forget(key)
    if (works) reconciler.noteDeleted(key, object)
    // Without the kind nothing is known about its objects.
    if (caches.rollouts.state === 'absent') return
    // A standby sees it too, and must not tell it a second time.
    if (works) {
      const event = rolloutDeleted(namespace ?? '', name)
      options.events.record(involvedRollout(object), event)
      options.listener?.deleted(key, object, event)
    }
    enqueue(key)
  }
  const isNews = ownWrites.isNews.bind(ownWrites)
  const watching = watchCaches(caches, { enqueue, isNews, onDeleted })
  const reconciler = new RolloutReconciler(options, {
    caches,
    lastWrites,
    ownWrites,
    metrics,
    enqueue,
    noteRefs: (key, snapshot) => watching.noteRefs(key, snapshot),
    inquiries,
  })
  const controller = new Controller({
    name: 'rollout',
    workers: (options.workers ?? 10) * passesPerWorker,
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
    start: () => {
      works = true
      controller.start()
    },
    stop: (deadlineMs) => {
      inquiries.stop()
      return controller.stop(deadlineMs)
    },
    abort: (reason) => {
      inquiries.stop()
      return controller.abort(reason)
    },
    get idle() {
      return controller.idle
    },
  }
}
