import { readRun } from '../analysis/run-cache.ts'
import { rolloutConditions } from '../api/conditions.ts'
import type { ObjectMeta } from '../api/kubernetes/object-meta.ts'
import { controllerOf } from '../api/kubernetes/ownership.ts'
import type { Service } from '../api/kubernetes/service.ts'
import type { ReplicaSet } from '../api/kubernetes/workloads.ts'
import { managedByAnnotation } from '../api/labels.ts'
import { isCompleted } from '../api/phases.ts'
import { readExperiment } from '../experiment/experiment-cache.ts'
import type { Delta, StoredObject } from '../kube/informer.ts'
import type { ObjectVersion } from '../kube/stored-object.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { equalJson } from '../lib/json-value.ts'
import { byService, byTemplate, keyOf, ownerOf, type RolloutCaches, templateKey } from './caches.ts'
import { conditionOf } from './conditions.ts'
import type { Change } from './own-writes.ts'
import { readRollout } from './read-rollout.ts'
import type { Snapshot } from './snapshot.ts'
import { WatchesOnDemand } from './watches-on-demand.ts'

/** Which Rollouts are to be looked at when something changes. */
export interface Watching {
  /** Registers the handlers; every Rollout that is there is queued. */
  start(): void
  /** Remembers which router objects concern a Rollout. */
  noteRefs(key: string, snapshot: Snapshot): void
}

const ownerKey = (metadata: DeepReadonly<ObjectMeta>): string | undefined => {
  const owner = ownerOf(metadata)
  return owner && keyOf(metadata.namespace, owner)
}

/** What of a Service matters to a Rollout; its addresses and ports do not. */
const relevantPart = ({ spec, metadata }: DeepReadonly<Service>): readonly unknown[] => [
  spec.selector,
  metadata.annotations?.[managedByAnnotation],
]

const phaseOf = (object: DeepReadonly<StoredObject>): readonly unknown[] => {
  const read = readRun(object)
  return read.ok ? [read.run.status?.phase, read.run.spec.terminate, isCompleted(read.run.status?.phase)] : []
}

/** What of an Experiment matters to a Rollout; the numbers of its pods do not. */
const relevantPartOfExperiment = (object: DeepReadonly<StoredObject>): readonly unknown[] => {
  const { spec, status } = readExperiment(object).experiment
  const destinations = (status?.templateStatuses ?? []).map(({ serviceName, podTemplateHash }) => [
    serviceName,
    podTemplateHash,
  ])
  return [status?.phase, spec.terminate, destinations]
}

/** Who wants to hear of changes. */
export interface WatchListener {
  readonly enqueue: (key: string) => void
  /** Whether a change of a Rollout or of one of its ReplicaSets is a reason to look at the Rollout. */
  readonly isNews: (key: string, change: Change) => boolean
  readonly onDeleted: (object: DeepReadonly<StoredObject>) => void
}

const changeOf = (delta: Delta<ObjectVersion>): Change => {
  const { uid, resourceVersion } = delta.object.metadata
  return {
    uid,
    from: delta.type === 'updated' ? delta.before.metadata.resourceVersion : undefined,
    to: resourceVersion,
  }
}

const isOtherSpec = (before: DeepReadonly<StoredObject>, { metadata }: DeepReadonly<StoredObject>): boolean =>
  before.metadata.generation !== metadata.generation || before.metadata.deletionTimestamp !== metadata.deletionTimestamp

/** Queues a Rollout whenever something changes that a decision about it looks at, and only then. */
export const watchCaches = (caches: RolloutCaches, { enqueue, isNews, onDeleted }: WatchListener): Watching => {
  const onDemand = new WatchesOnDemand(caches, enqueue)
  const rolloutKey = ({ metadata }: DeepReadonly<StoredObject>): string => keyOf(metadata.namespace, metadata.name)

  /** What one Rollout says of a routing object decides who of several has it. */
  const enqueueRivals = (delta: Delta<StoredObject>): void => {
    const refs = [delta.object, ...(delta.type === 'updated' ? [delta.before] : [])].flatMap((one) =>
      caches.routesOf(one),
    )
    for (const rival of caches.routedBy(refs)) {
      if (rival.metadata.uid !== delta.object.metadata.uid) enqueue(rolloutKey(rival))
    }
  }

  const ofRollout = (delta: Delta<StoredObject>): void => {
    const { type, object } = delta
    const key = rolloutKey(object)
    if (type !== 'updated' || isOtherSpec(delta.before, object)) enqueueRivals(delta)
    if (type === 'deleted') {
      onDemand.forget(key)
      onDeleted(object)
    } else if (isNews(key, changeOf(delta))) enqueue(key)
  }

  const ofReplicaSet = (delta: Delta<ReplicaSet>): void => {
    const { metadata } = delta.object
    const owner = ownerKey(metadata)
    if (owner !== undefined) {
      if (delta.type === 'deleted' || isNews(owner, changeOf(delta))) enqueue(owner)
    }
    // One without a controller may be an orphan that a Rollout of its namespace is to take.
    else if (controllerOf(metadata) === undefined)
      for (const object of caches.rollouts.store.list(metadata.namespace)) enqueue(rolloutKey(object))
  }

  const ofService = (delta: Delta<Service>): void => {
    if (delta.type === 'updated' && equalJson(relevantPart(delta.before), relevantPart(delta.object))) return
    const { namespace, name, annotations } = delta.object.metadata
    const manager = annotations?.[managedByAnnotation]
    if (manager !== undefined) enqueue(keyOf(namespace, manager))
    for (const object of caches.rollouts.store.byIndex(byService, keyOf(namespace, name))) enqueue(rolloutKey(object))
  }

  const ofRun = (delta: Delta<StoredObject>): void => {
    if (delta.type === 'updated' && equalJson(phaseOf(delta.before), phaseOf(delta.object))) return
    const read = readRun(delta.object)
    const owner = read.ok ? ownerKey(read.run.metadata) : undefined
    if (owner !== undefined) enqueue(owner)
  }

  const ofExperiment = (delta: Delta<StoredObject>): void => {
    if (
      delta.type === 'updated' &&
      equalJson(relevantPartOfExperiment(delta.before), relevantPartOfExperiment(delta.object))
    )
      return
    const owner = ownerKey(readExperiment(delta.object).experiment.metadata)
    if (owner !== undefined) enqueue(owner)
  }

  const isInvalid = (object: DeepReadonly<StoredObject>): boolean =>
    conditionOf(readRollout(object).rollout.status ?? {}, rolloutConditions.invalidSpec) !== undefined

  /** A template may also be one that others name: then a Rollout that is invalid for want of it is looked at again. */
  const ofTemplate = (namespace: string | undefined, name: string): void => {
    const key = templateKey(namespace, name, namespace === undefined)
    for (const object of caches.rollouts.store.byIndex(byTemplate, key)) enqueue(rolloutKey(object))
    for (const object of caches.rollouts.store.list(namespace)) if (isInvalid(object)) enqueue(rolloutKey(object))
  }

  return {
    start: () => {
      caches.rollouts.onChange(ofRollout)
      caches.replicaSets.onChange(ofReplicaSet)
      caches.services.onChange(ofService)
      caches.analysisRuns.onChange(ofRun)
      caches.experiments.onChange(ofExperiment)
      caches.templates.analysisTemplates.onChange(({ object }) =>
        ofTemplate(object.metadata.namespace, object.metadata.name),
      )
      caches.templates.clusterAnalysisTemplates?.onChange(({ object }) => ofTemplate(undefined, object.metadata.name))
    },
    noteRefs: (key, snapshot) => onDemand.note(key, snapshot),
  }
}
