import { readRun } from '../analysis/run-cache.ts'
import type { ObjectMeta } from '../api/kubernetes/object-meta.ts'
import { controllerReferenceOf } from '../api/kubernetes/ownership.ts'
import type { ReplicaSet } from '../api/kubernetes/workloads.ts'
import type { Delta, StoredObject } from '../kube/informer.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { equalJson } from '../lib/json-value.ts'
import { byController, type ExperimentCaches } from './caches.ts'
import { experimentTraffic } from './experiment-traffic.ts'

/** Key of an Experiment in the queue. */
export const experimentKey = ({ metadata }: DeepReadonly<StoredObject>): string =>
  `${metadata.namespace ?? ''}/${metadata.name}`

const ownerKey = (metadata: DeepReadonly<ObjectMeta>): string | undefined => {
  const owner = controllerReferenceOf(metadata)
  return owner?.kind === 'Experiment' ? `${metadata.namespace ?? ''}/${owner.name}` : undefined
}

/** What of a ReplicaSet an Experiment looks at. */
const relevantPart = ({ spec, status, metadata }: DeepReadonly<ReplicaSet>): readonly unknown[] => [
  spec.replicas,
  status?.replicas,
  status?.readyReplicas,
  status?.availableReplicas,
  metadata.annotations,
  metadata.deletionTimestamp,
]

const relevantPartOfRun = (object: DeepReadonly<StoredObject>): readonly unknown[] => {
  const read = readRun(object)
  return read.ok ? [read.run.status?.phase, read.run.status?.message, read.run.spec.terminate] : []
}

/** Queues an Experiment whenever something changes that a decision about it looks at, and only then. */
export const watchCaches = (
  caches: ExperimentCaches,
  enqueue: (key: string) => void,
  onDeleted: (object: DeepReadonly<StoredObject>) => void,
): void => {
  const ofOwner = (metadata: DeepReadonly<ObjectMeta>): void => {
    const key = ownerKey(metadata)
    if (key !== undefined) enqueue(key)
  }

  caches.experiments.onChange(({ type, object }) => {
    if (type === 'deleted') onDeleted(object)
    else enqueue(experimentKey(object))
  })
  caches.replicaSets.onChange((delta) => {
    if (delta.type === 'updated' && equalJson(relevantPart(delta.before), relevantPart(delta.object))) return
    ofOwner(delta.object.metadata)
  })
  caches.services.onChange(({ type, object }) => {
    if (type !== 'updated') ofOwner(object.metadata)
  })
  caches.analysisRuns.onChange((delta: Delta<StoredObject>) => {
    if (delta.type === 'updated' && equalJson(relevantPartOfRun(delta.before), relevantPartOfRun(delta.object))) return
    const read = readRun(delta.object)
    if (read.ok) ofOwner(read.run.metadata)
  })
  // Pods to which a router sends traffic stay until the Rollout says that it has left.
  caches.rollouts.onChange((delta) => {
    if (delta.type === 'added') return
    const before = delta.type === 'updated' ? delta.before : delta.object
    const after = delta.type === 'updated' ? delta.object : undefined
    if (equalJson(experimentTraffic(before), experimentTraffic(after))) return
    for (const object of caches.experiments.store.byIndex(byController, delta.object.metadata.uid)) {
      enqueue(experimentKey(object))
    }
  })
}
