import type { AnalysisRun } from '../../src/api/analysis-run.ts'
import type { ObjectMeta } from '../../src/api/kubernetes/object-meta.ts'
import type { Pod, PodStatus } from '../../src/api/kubernetes/pod.ts'
import type { ReplicaSet } from '../../src/api/kubernetes/workloads.ts'
import { podTemplateHashLabel, revisionAnnotation } from '../../src/api/labels.ts'
import type { Rollout } from '../../src/api/rollout.ts'
import type { RolloutStatus } from '../../src/api/rollout-status.ts'
import type { RolloutBuilder } from './rollout-builder.ts'

/** The moment at which views in tests are drawn. */
export const viewedAt = Date.parse('2026-01-01T01:00:00Z')

/** RFC 3339 of so many seconds before {@link viewedAt}. */
export const ago = (seconds: number): string => new Date(viewedAt - seconds * 1000).toISOString().replace('.000Z', 'Z')

const metadata = (name: string, createdAgo: number, owner?: string): ObjectMeta => ({
  name,
  namespace: 'default',
  uid: `uid-${name}`,
  resourceVersion: '1',
  creationTimestamp: ago(createdAgo),
  ...(owner && {
    ownerReferences: [{ apiVersion: 'v1', kind: 'Owner', name: owner, uid: `uid-${owner}`, controller: true }],
  }),
})

/** A stored Rollout that is an hour old. */
export const storedRollout = (builder: RolloutBuilder, status: RolloutStatus): Rollout => {
  const manifest = builder.build()
  return { ...manifest, metadata: { ...metadata(manifest.metadata.name ?? '', 3600), generation: 1 }, status }
}

/** A ReplicaSet of the Rollout `web`. */
export const storedReplicaSet = (
  hash: string,
  revision: number,
  size: { readonly desired: number; readonly available: number },
  annotations: Readonly<Record<string, string>> = {},
): ReplicaSet => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: {
    ...metadata(`web-${hash}`, 600 * (10 - revision), 'web'),
    labels: { [podTemplateHashLabel]: hash },
    annotations: { [revisionAnnotation]: String(revision), ...annotations },
  },
  spec: {
    replicas: size.desired,
    selector: {},
    template: { spec: { containers: [{ name: 'main', image: `web:${revision}` }] } },
  },
  status: { replicas: size.desired, availableReplicas: size.available },
})

/** What the kubelet says of a pod that runs. */
export const runningStatus: PodStatus = {
  phase: 'Running',
  containerStatuses: [{ name: 'main', ready: true, restartCount: 0, state: { running: {} } }],
}

/** A pod of a ReplicaSet of the Rollout `web`. */
export const storedPod = (
  hash: string,
  suffix: string,
  createdAgo: number,
  status: PodStatus = runningStatus,
): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: metadata(`web-${hash}-${suffix}`, createdAgo, `web-${hash}`),
  spec: { containers: [{ name: 'main' }] },
  status,
})

/** An AnalysisRun of the Rollout `web`. */
export const storedRun = (name: string, revision: number, status: AnalysisRun['status']): AnalysisRun => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'AnalysisRun',
  metadata: { ...metadata(name, 90, 'web'), annotations: { [revisionAnnotation]: String(revision) } },
  spec: { metrics: [] },
  ...(status && { status }),
})
