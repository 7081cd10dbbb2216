import { replicasOf } from '../api/defaults.ts'
import type { Rollout } from '../api/rollout.ts'
import type { TrafficRouting } from '../api/traffic-routing.ts'
import type { ControllerMetrics, ReconcileResult } from '../kube/controller.ts'
import type { Store, StoredObject } from '../kube/informer.ts'
import { nameOfKey } from '../kube/object-key.ts'
import { ReconcileMetrics } from '../kube/reconcile-metrics.ts'
import type { DeepReadonly } from '../lib/json.ts'
import type { Counter, Histogram, Metrics, Sample } from '../telemetry/metrics.ts'
import { conditionOf, progressingOf } from './conditions.ts'
import type { Outcome } from './effects.ts'
import type { RolloutEvent } from './events.ts'
import type { FinishedRelease } from './policies/shared/track-duration.ts'
import { readRollout } from './read-rollout.ts'
import { defineReleaseGauges } from './release-gauges.ts'

type RolloutLabel = 'namespace' | 'name'
type EventLabel = RolloutLabel | 'type' | 'reason'
type Rollouts = Pick<Store<StoredObject>, 'get' | 'list'>

/** Published buckets, in seconds. */
const durationBuckets = [30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400, 28_800]
const progressionBuckets = [30, 60, 120, 180, 300, 600, 900, 1200, 1800, 2700, 3600]
const pauseBuckets = [0, ...durationBuckets]

const named = ({ metadata }: DeepReadonly<Rollout>): Record<RolloutLabel, string> => ({
  namespace: metadata.namespace ?? '',
  name: metadata.name,
})

const phasesByReason: Readonly<Record<string, string>> = {
  NewReplicaSetAvailable: 'Completed',
  ProgressDeadlineExceeded: 'Timeout',
  RolloutAborted: 'Abort',
  RolloutPaused: 'Paused',
  ReplicaSetCreateError: 'Error',
}

/** The phase as `rollout_info` has it, which is derived from conditions and is not that of the status. */
const infoPhase = ({ status = {} }: DeepReadonly<Rollout>): string => {
  if (conditionOf(status, 'InvalidSpec') !== undefined) return 'InvalidSpec'
  return phasesByReason[progressingOf(status)?.reason ?? ''] ?? 'Progressing'
}

/** Published names of routers, by their key under trafficRouting. The others are named by their key. */
const routerNames: Readonly<Record<string, string>> = {
  alb: 'ALB',
  ambassador: 'Ambassador',
  istio: 'Istio',
  nginx: 'Nginx',
  smi: 'SMI',
  appMesh: 'AppMesh',
  gatewayAPI: 'GatewayAPI',
  plugins: 'Plugin',
}

const routerName = (routing: DeepReadonly<TrafficRouting> = {}): string => {
  const { managedRoutes: _, maxTrafficWeight: __, ...routers } = routing
  const configured = Object.entries(routers).flatMap(([key, spec]) => (spec === undefined ? [] : [key]))
  const [key = ''] = configured.sort((left, right) => Number(right in routerNames) - Number(left in routerNames))
  return routerNames[key] ?? key
}

/** Phases of the deprecated `rollout_phase`; one that is none of them is 0 in all. */
const infoPhases = ['Completed', 'Progressing', 'Paused', 'Timeout', 'Error', 'Abort'] as const

const strategyOf = ({ spec }: DeepReadonly<Rollout>): string =>
  spec.strategy?.blueGreen === undefined ? 'canary' : 'blueGreen'

const infoLabels = (rollout: DeepReadonly<Rollout>) => {
  return {
    ...named(rollout),
    strategy: strategyOf(rollout),
    traffic_router: routerName(rollout.spec.strategy?.canary?.trafficRouting),
    phase: infoPhase(rollout),
  }
}

const available = ({ status }: DeepReadonly<Rollout>): number => status?.availableReplicas ?? 0

/** Replica gauges: their name, their meaning, their value. */
const replicaGauges: readonly (readonly [string, string, (rollout: DeepReadonly<Rollout>) => number])[] = [
  ['rollout_info_replicas_available', 'Available pods of each Rollout.', available],
  ['rollout_info_replicas_desired', 'Wanted pods of each Rollout.', replicasOf],
  ['rollout_info_replicas_updated', 'Pods of the new revision.', ({ status }) => status?.updatedReplicas ?? 0],
  [
    'rollout_info_replicas_unavailable',
    'Pods of each Rollout that are not available.',
    (rollout) => Math.max(0, (rollout.status?.replicas ?? 0) - available(rollout)),
  ],
]

/** The published metrics of Rollouts. What the cache knows is computed when it is read. */
export class RolloutMetrics implements ControllerMetrics {
  readonly #rollouts: Rollouts
  readonly #reconciles: ReconcileMetrics
  readonly #events: Counter<EventLabel>
  readonly #durations: Histogram<'status'>
  readonly #progressions: Histogram<'status'>
  readonly #pauses: Histogram<'status'>
  readonly #routerWrites: Counter<'router' | 'kind' | 'verb' | 'result'>

  constructor(metrics: Metrics, rollouts: Rollouts) {
    this.#rollouts = rollouts
    const labels = ['namespace', 'name'] as const
    const status = ['status'] as const
    const define = (name: string, help: string, buckets: readonly number[]): Histogram<'status'> =>
      metrics.histogram({ name, help, labels: status, buckets })
    this.#reconciles = new ReconcileMetrics(metrics, rollouts, 'rollout', 'a Rollout')
    const eventLabels = [...labels, 'type', 'reason'] as const
    this.#events = metrics.counter({ name: 'rollout_events_total', help: 'Events of Rollouts.', labels: eventLabels })
    this.#durations = define('rollout_duration_seconds', 'How long releases took.', durationBuckets)
    this.#progressions = define(
      'rollout_progression_duration_seconds',
      'How long releases took without waiting for people.',
      progressionBuckets,
    )
    this.#pauses = define('rollout_manual_pause_duration_seconds', 'How long releases waited for people.', pauseBuckets)
    this.#routerWrites = metrics.counter({
      name: 'crossfade_router_writes_total',
      help: 'Writes of routing objects, by router, kind, verb (create, patch, delete) and result (done, failed).',
      labels: ['router', 'kind', 'verb', 'result'],
    })
    this.#observe(metrics, rollouts)
  }

  #observe(metrics: Metrics, rollouts: Rollouts): void {
    const each = function* (): Generator<DeepReadonly<Rollout>> {
      for (const object of rollouts.list()) yield readRollout(object).rollout
    }
    const info = ['namespace', 'name', 'strategy', 'traffic_router', 'phase'] as const
    metrics.observed({ name: 'rollout_info', help: 'Strategy and phase of each Rollout.', labels: info }, function* () {
      for (const rollout of each()) yield { labels: infoLabels(rollout), value: 1 }
    })
    metrics.observed(
      {
        name: 'rollout_phase',
        help: 'Whether a Rollout is in a phase (deprecated: use rollout_info).',
        labels: ['namespace', 'name', 'strategy', 'phase'],
      },
      function* () {
        for (const rollout of each()) {
          const [labels, own] = [{ ...named(rollout), strategy: strategyOf(rollout) }, infoPhase(rollout)]
          for (const phase of infoPhases) yield { labels: { ...labels, phase }, value: phase === own ? 1 : 0 }
        }
      },
    )
    defineReleaseGauges(metrics, each)
    for (const [name, help, read] of replicaGauges) {
      const labels = ['namespace', 'name'] as const
      metrics.observed({ name, help, labels }, function* (): Generator<Sample<RolloutLabel>> {
        for (const rollout of each()) yield { labels: named(rollout), value: read(rollout) }
      })
    }
  }

  reconciled(result: ReconcileResult, key: string, seconds: number): void {
    this.#reconciles.reconciled(result, key, seconds)
  }

  recorded(key: string, events: readonly RolloutEvent[]): void {
    const { namespace, name } = nameOfKey(key)
    // A pass that was under way when its Rollout went must not begin its series again.
    if (this.#rollouts.get(namespace, name) === undefined) return
    for (const { type, reason } of events) this.#events.inc({ namespace, name, type, reason })
  }

  /** Counts what was written to routing objects. */
  applied(outcomes: readonly Outcome[]): void {
    for (const { effect, result } of outcomes) {
      if (effect.type !== 'routeTraffic' || result === 'skipped') continue
      const { router, write } = effect
      this.#routerWrites.inc({ router, kind: write.ref.resource.kind, verb: write.type, result })
    }
  }

  finished({ status, seconds, manualPauseSeconds }: FinishedRelease): void {
    this.#durations.observe({ status }, seconds)
    this.#progressions.observe({ status }, Math.max(0, seconds - manualPauseSeconds))
    this.#pauses.observe({ status }, manualPauseSeconds)
  }

  /** Ends the series of a Rollout that is gone. */
  forget(key: string): void {
    this.#reconciles.forget(key)
    this.#events.remove(nameOfKey(key))
  }
}
