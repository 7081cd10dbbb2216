import { podTemplateHashLabel } from '../api/labels.ts'
import { analysisRuns, experiments, pods, replicaSets } from '../api/resources.ts'
import { asAnalysisRun, asExperiment, asPod, asReplicaSet } from '../client/stored-objects.ts'
import { isNotFound } from '../kube/errors.ts'
import type { StoredObject } from '../kube/informer.ts'
import type { InformerScope } from '../kube/shared-informer.ts'
import type { ExperimentObjects } from '../view/experiment-info.ts'
import type { Caches } from './caches.ts'
import type { Cluster } from './context.ts'
import { shownExperiment } from './read-object.ts'

/** The collections that the tree of an Experiment is drawn from. */
export type ExperimentCollections = 'experiments' | 'replicaSets' | 'pods' | 'analysisRuns'

/** What to watch for the tree of one Experiment: of pods and ReplicaSets, those that run some version. */
export const experimentScopes = (
  namespace: string,
  name: string,
): Readonly<Record<ExperimentCollections, InformerScope>> => ({
  experiments: { resource: experiments, namespace, fieldSelector: `metadata.name=${name}` },
  replicaSets: { resource: replicaSets, namespace, labelSelector: podTemplateHashLabel },
  pods: { resource: pods, namespace, labelSelector: podTemplateHashLabel },
  analysisRuns: { resource: analysisRuns, namespace },
})

const objectsOf = (
  experiment: StoredObject,
  lists: Readonly<Record<Exclude<ExperimentCollections, 'experiments'>, readonly StoredObject[]>>,
): ExperimentObjects => ({
  experiment: asExperiment(experiment),
  replicaSets: lists.replicaSets.map(asReplicaSet),
  pods: lists.pods.map(asPod),
  analysisRuns: lists.analysisRuns.map(asAnalysisRun),
})

/** Reads everything for one tree, once. Throws KubeError 404 when there is no such Experiment. */
export const readExperimentTree = async (cluster: Cluster, name: string): Promise<ExperimentObjects> => {
  const { client, namespace } = cluster
  const scopes = experimentScopes(namespace, name)
  // A kind whose CRD is not installed has no objects.
  const list = ({ resource, labelSelector }: InformerScope): Promise<StoredObject[]> =>
    client.list(resource, { namespace, ...(labelSelector && { labelSelector }) }).catch((error: unknown) => {
      if (isNotFound(error)) return []
      throw error
    })
  const [experiment, replicaSetList, podList, runList] = await Promise.all([
    shownExperiment(cluster, name),
    list(scopes.replicaSets),
    list(scopes.pods),
    list(scopes.analysisRuns),
  ])
  return objectsOf(experiment, { replicaSets: replicaSetList, pods: podList, analysisRuns: runList })
}

/** The tree as the caches have it; `undefined` when there is no such Experiment any more. */
export const cachedExperimentTree = (
  { of }: Caches<ExperimentCollections>,
  namespace: string,
  name: string,
): ExperimentObjects | undefined => {
  const experiment = of.experiments.store.get(namespace, name)
  if (experiment === undefined) return undefined
  // The view only reads; a copy of everything for each repaint would be the larger part of its cost.
  const all = (collection: ExperimentCollections): readonly StoredObject[] =>
    of[collection].store.list(namespace) as readonly StoredObject[]
  return objectsOf(experiment as StoredObject, {
    replicaSets: all('replicaSets'),
    pods: all('pods'),
    analysisRuns: all('analysisRuns'),
  })
}
