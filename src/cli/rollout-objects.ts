import { podTemplateHashLabel } from '../api/labels.ts'
import { analysisRuns, experiments, pods, replicaSets, rollouts } from '../api/resources.ts'
import type { Rollout } from '../api/rollout.ts'
import { asAnalysisRun, asExperiment, asPod, asReplicaSet, asRollout } from '../client/stored-objects.ts'
import { isNotFound } from '../kube/errors.ts'
import type { StoredObject } from '../kube/informer.ts'
import type { InformerScope } from '../kube/shared-informer.ts'
import type { RolloutObjects } from '../view/rollout-info.ts'
import type { Caches } from './caches.ts'
import type { Cluster } from './context.ts'
import { shownRollout } from './read-object.ts'

/** The collections that a tree is drawn from. */
export type TreeCollections = 'rollouts' | 'replicaSets' | 'pods' | 'analysisRuns' | 'experiments'

/** Only what belongs to some Rollout is read: a namespace may have many other pods. */
const ofSomeRollout = { labelSelector: podTemplateHashLabel }

/** What to watch for the tree of one Rollout. */
export const treeScopes = (namespace: string, name: string): Readonly<Record<TreeCollections, InformerScope>> => ({
  rollouts: { resource: rollouts, namespace, fieldSelector: `metadata.name=${name}` },
  replicaSets: { resource: replicaSets, namespace, ...ofSomeRollout },
  pods: { resource: pods, namespace, ...ofSomeRollout },
  analysisRuns: { resource: analysisRuns, namespace },
  experiments: { resource: experiments, namespace },
})

const objectsOf = (
  rollout: Rollout,
  lists: Readonly<Record<Exclude<TreeCollections, 'rollouts'>, readonly StoredObject[]>>,
): RolloutObjects => ({
  rollout,
  replicaSets: lists.replicaSets.map(asReplicaSet),
  pods: lists.pods.map(asPod),
  analysisRuns: lists.analysisRuns.map(asAnalysisRun),
  experiments: lists.experiments.map(asExperiment),
})

/** Reads everything for one tree, once. Throws KubeError 404 when there is no such Rollout. */
export const readTree = async (cluster: Cluster, name: string): Promise<RolloutObjects> => {
  const { client, namespace } = cluster
  const scopes = treeScopes(namespace, name)
  // A kind whose CRD is not installed has no objects.
  const list = ({ resource, labelSelector }: InformerScope): Promise<StoredObject[]> =>
    client.list(resource, { namespace, ...(labelSelector && { labelSelector }) }).catch((error: unknown) => {
      if (isNotFound(error)) return []
      throw error
    })
  const [rollout, ...lists] = await Promise.all([
    shownRollout(cluster, name),
    list(scopes.replicaSets),
    list(scopes.pods),
    list(scopes.analysisRuns),
    list(scopes.experiments),
  ])
  const [replicaSetList, podList, runList, experimentList] = lists
  return objectsOf(rollout, {
    replicaSets: replicaSetList,
    pods: podList,
    analysisRuns: runList,
    experiments: experimentList,
  })
}

/** The tree as the caches have it; `undefined` when there is no such Rollout any more. */
export const cachedTree = (
  { of }: Caches<TreeCollections>,
  namespace: string,
  name: string,
): RolloutObjects | undefined => {
  const rollout = of.rollouts.store.get(namespace, name)
  if (rollout === undefined) return undefined
  // The view only reads; a copy of everything for each repaint would be the larger part of its cost.
  const all = (collection: TreeCollections): readonly StoredObject[] =>
    of[collection].store.list(namespace) as readonly StoredObject[]
  return objectsOf(asRollout(rollout as StoredObject), {
    replicaSets: all('replicaSets'),
    pods: all('pods'),
    analysisRuns: all('analysisRuns'),
    experiments: all('experiments'),
  })
}
