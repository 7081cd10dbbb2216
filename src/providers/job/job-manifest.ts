import { createHash } from 'node:crypto'
import {
  analysisRunMetricAnnotation,
  analysisRunNameAnnotation,
  analysisRunNamespaceAnnotation,
  analysisRunUidLabel,
} from '../../api/labels.ts'
import type { JobMetric } from '../../api/providers/job.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { cloneJson } from '../../lib/json-value.ts'
import type { MeasureContext } from '../provider.ts'
import type { NewJob } from './job-access.ts'

/** Longest value of the label `job-name` that the Job controller sets on pods. */
const longestName = 63

/**
 * Name of the Job of a measurement: `<uid of the run>.<metric>.<ordinal>`, the same however often it is asked for, so that a measurement
 * is never started twice. A metric name that does not fit into a Kubernetes name is shortened and told apart by a hash.
 */
export const jobNameOf = (uid: string, metric: string, ordinal: number): string => {
  const plain = `${uid}.${metric}.${ordinal}`
  if (plain.length <= longestName && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(metric)) return plain
  const hash = createHash('sha256').update(metric).digest('hex').slice(0, 8)
  const room = longestName - `${uid}..${ordinal}`.length - hash.length - 1
  const readable = metric
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, Math.max(0, room))
    .replace(/^-+|-+$/g, '')
  return `${uid}.${readable === '' ? hash : `${readable}-${hash}`}.${ordinal}`
}

/** Where the Jobs of a run live. */
export const jobNamespaceOf = ({ config, run }: MeasureContext): string =>
  config.jobNamespace || run.metadata.namespace || 'default'

/** A garbage collector deletes what an owner of another namespace, or of another cluster, seems to own: such a Job has none. */
const ownersOf = ({ run, config }: MeasureContext, namespace: string): Pick<NewJob['metadata'], 'ownerReferences'> => {
  if (config.jobsElsewhere || namespace !== run.metadata.namespace) return {}
  const { apiVersion, kind, metadata } = run
  const owner = { apiVersion, kind, name: metadata.name, uid: metadata.uid, controller: true, blockOwnerDeletion: true }
  return { ownerReferences: [owner] }
}

/** The Job that a measurement runs. */
export const jobManifest = (spec: DeepReadonly<JobMetric>, context: MeasureContext): NewJob => {
  const { run, metric, ordinal } = context
  const namespace = jobNamespaceOf(context)
  const uidLabel = { [analysisRunUidLabel]: run.metadata.uid }
  const { template, ...rest } = cloneJson(spec.spec) as NewJob['spec']
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: jobNameOf(run.metadata.uid, metric.name, ordinal),
      namespace,
      labels: { ...spec.metadata?.labels, ...uidLabel },
      annotations: {
        ...spec.metadata?.annotations,
        [analysisRunNameAnnotation]: run.metadata.name,
        [analysisRunNamespaceAnnotation]: run.metadata.namespace ?? '',
        [analysisRunMetricAnnotation]: metric.name,
      },
      ...ownersOf(context, namespace),
    },
    spec: {
      ...rest,
      template: {
        ...template,
        metadata: { ...template.metadata, labels: { ...template.metadata?.labels, ...uidLabel } },
      },
    },
  }
}
