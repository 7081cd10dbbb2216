import type { AnalysisRun } from '../../api/analysis-run.ts'
import type { ReplicaSet } from '../../api/kubernetes/workloads.ts'
import { revisionAnnotation } from '../../api/labels.ts'
import { isCompleted } from '../../api/phases.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { trafficOfRollout } from '../traffic/cluster-traffic.ts'
import { hashLabel } from '../traffic/split.ts'
import type { Cluster } from '../world/cluster.ts'
import type { MetricMoment } from './metric-rule.ts'
import { attributeQuery, type RunningMetric } from './query-attribution.ts'

const revisionOf = (object: {
  readonly metadata: { readonly annotations?: DeepReadonly<Record<string, string>> | undefined }
}) => {
  const text = object.metadata.annotations?.[revisionAnnotation]
  return text === undefined ? {} : { revision: Number(text) }
}

const templatesWith = (cluster: Cluster, namespace: string, metric: string, query: string): readonly string[] =>
  [...cluster.list('AnalysisTemplate', namespace), ...cluster.list('ClusterAnalysisTemplate')]
    .filter(({ spec }) =>
      (spec.metrics ?? []).some(({ name, provider }) => name === metric && provider?.prometheus?.query === query),
    )
    .map(({ metadata }) => metadata.name)

const metricsOfRun = (cluster: Cluster, run: DeepReadonly<AnalysisRun>): readonly RunningMetric[] => {
  const namespace = run.metadata.namespace ?? ''
  const owner = run.metadata.ownerReferences?.find(({ kind }) => kind === 'Rollout')
  const args = Object.fromEntries(
    (run.spec.args ?? []).flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])),
  )
  return (run.spec.metrics ?? []).flatMap(({ name, provider }) => {
    const query = provider?.prometheus?.query
    if (query === undefined) return []
    const templates = templatesWith(cluster, namespace, name, query)
    const rollout = owner === undefined ? {} : { rollout: owner.name }
    return [{ namespace, ...rollout, ...revisionOf(run), templates, metric: name, query, args }]
  })
}

/** The ReplicaSet a query is about: that whose hash stands in its text, else that of the revision which asks. */
const replicaSetOf = (
  cluster: Cluster,
  query: string,
  asking: RunningMetric | undefined,
): DeepReadonly<ReplicaSet> | undefined => {
  const candidates = cluster.list('ReplicaSet', asking?.namespace).filter((replicaSet) => {
    const owner = replicaSet.metadata.ownerReferences?.find(({ kind }) => kind === 'Rollout')
    return owner !== undefined && (asking?.rollout === undefined || owner.name === asking.rollout)
  })
  const named = candidates.find(({ metadata }) => query.includes(metadata.labels?.[hashLabel] ?? '\u0000'))
  return (
    named ?? (asking === undefined ? undefined : candidates.find((one) => revisionOf(one).revision === asking.revision))
  )
}

/** Part of the requests that the pods of a ReplicaSet get, in percent. */
const weightOf = (cluster: Cluster, replicaSet: DeepReadonly<ReplicaSet>): number => {
  const namespace = replicaSet.metadata.namespace ?? ''
  const owner = replicaSet.metadata.ownerReferences?.find(({ kind }) => kind === 'Rollout')
  const rollout = owner === undefined ? undefined : cluster.get('Rollout', { namespace, name: owner.name })
  if (rollout === undefined) return 0
  return 100 * (trafficOfRollout(cluster, rollout).byHash[replicaSet.metadata.labels?.[hashLabel] ?? ''] ?? 0)
}

/**
 * Explains Prometheus queries by the objects of the cluster: which metric of which AnalysisRun asks, about which
 * revision, and how much of the traffic that revision has.
 */
export const clusterMoments = (
  cluster: Cluster,
  startMs: number,
): ((query: string, timeMs: number) => MetricMoment) => {
  return (query, timeMs) => {
    const running = cluster.list('AnalysisRun').filter(({ status }) => !isCompleted(status?.phase))
    const asking = attributeQuery(
      query,
      running.flatMap((run) => metricsOfRun(cluster, run)),
    )
    const replicaSet = replicaSetOf(cluster, query, asking)
    return {
      query,
      templates: asking?.templates ?? [],
      ...(asking === undefined ? {} : { metric: asking.metric }),
      ...(replicaSet === undefined ? {} : revisionOf(replicaSet)),
      images: (replicaSet?.spec.template.spec?.containers ?? []).map(({ image }) => image ?? ''),
      weight: replicaSet === undefined ? 0 : weightOf(cluster, replicaSet),
      sinceRevisionMs: replicaSet === undefined ? 0 : timeMs - Date.parse(replicaSet.metadata.creationTimestamp),
      sinceStartMs: timeMs - startMs,
    }
  }
}
