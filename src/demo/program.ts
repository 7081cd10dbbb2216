import type { AnalysisRun, Measurement } from '../api/analysis-run.ts'
import { revisionAnnotation } from '../api/labels.ts'
import type { Rollout } from '../api/rollout.ts'
import type { DeepReadonly } from '../lib/json.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import type { TimelineEntry } from '../sandbox/scenario/timeline.ts'
import { trafficOfRollout } from '../sandbox/traffic/cluster-traffic.ts'
import type { Cluster, ObjectKey } from '../sandbox/world/cluster.ts'
import { type RolloutInfo, rolloutInfo } from '../view/rollout-info.ts'

/** A part of the requests, and who answers them. */
export interface TrafficPart {
  /** Parts of an image's name that tell versions apart, such as `shop:2`; `nobody` for requests that fail. */
  readonly label: string
  readonly role: 'stable' | 'canary' | 'other' | 'nobody'
  /** From 0 to 1. */
  readonly share: number
}

/** The latest values of one metric of the newest analysis. */
export interface MetricLine {
  readonly name: string
  readonly condition: string
  /** Oldest first. */
  readonly measurements: readonly DeepReadonly<Measurement>[]
}

/** Everything that one picture of the demo shows. */
export interface Program {
  readonly title: string
  readonly timeMs: number
  readonly rollout: RolloutInfo
  readonly traffic: readonly TrafficPart[]
  readonly metrics: readonly MetricLine[]
  readonly entries: readonly TimelineEntry[]
}

const shortImage = (image: string): string => image.slice(image.lastIndexOf('/') + 1)

const partsOf = (cluster: Cluster, rollout: DeepReadonly<Rollout>): readonly TrafficPart[] => {
  const { byHash, failed } = trafficOfRollout(cluster, rollout)
  const { stableRS, currentPodHash } = rollout.status ?? {}
  const replicaSets = cluster.controlledBy('ReplicaSet', rollout.metadata.uid)
  const parts = Object.entries(byHash).map(([hash, share]): TrafficPart => {
    const replicaSet = replicaSets.find(({ metadata }) => metadata.name.endsWith(hash))
    const image = replicaSet?.spec.template.spec?.containers[0]?.image
    const role = hash === stableRS ? 'stable' : hash === currentPodHash ? 'canary' : 'other'
    return { label: image === undefined ? hash : shortImage(image), role, share }
  })
  const order = ['stable', 'other', 'canary', 'nobody']
  const all = failed > 0 ? [...parts, { label: 'nobody', role: 'nobody' as const, share: failed }] : parts
  return all.toSorted((left, right) => order.indexOf(left.role) - order.indexOf(right.role))
}

const revisionOf = (object: DeepReadonly<AnalysisRun | Rollout>): string | undefined =>
  object.metadata.annotations?.[revisionAnnotation]

const conditionOf = (run: DeepReadonly<AnalysisRun>, metric: string): string => {
  const found = run.spec.metrics?.find(({ name }) => name === metric)
  return found?.successCondition ?? (found?.failureCondition === undefined ? '' : `not ${found.failureCondition}`)
}

/** Metrics of the analyses of the newest revision. */
const metricsOf = (cluster: Cluster, rollout: DeepReadonly<Rollout>): readonly MetricLine[] =>
  cluster
    .list('AnalysisRun', rollout.metadata.namespace)
    .filter((run) => run.metadata.ownerReferences?.some(({ uid }) => uid === rollout.metadata.uid) === true)
    .filter((run) => revisionOf(run) === revisionOf(rollout))
    .flatMap((run) =>
      (run.status?.metricResults ?? []).map(({ name, measurements = [] }) => ({
        name,
        condition: conditionOf(run, name),
        measurements,
      })),
    )

/** What there is to see of a Rollout at this moment; undefined when there is no such Rollout. */
export const programOf = (
  sandbox: Sandbox,
  key: ObjectKey,
  title: string,
  entries: readonly TimelineEntry[],
): Program | undefined => {
  const { cluster, clock, startMs } = sandbox
  const rollout = cluster.get('Rollout', key)
  if (rollout === undefined) return undefined
  const objects = {
    rollout,
    replicaSets: cluster.list('ReplicaSet', key.namespace),
    pods: cluster.list('Pod', key.namespace),
    analysisRuns: cluster.list('AnalysisRun', key.namespace),
  }
  return {
    title,
    timeMs: clock.now() - startMs,
    rollout: rolloutInfo(objects, clock.now()),
    traffic: partsOf(cluster, rollout),
    metrics: metricsOf(cluster, rollout),
    entries,
  }
}
