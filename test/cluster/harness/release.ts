import { join } from 'node:path'

import { z } from 'zod'

import type { Cluster } from './cluster.ts'
import { kubectl } from './kubectl.ts'
import { type Load, startLoad } from './load.ts'
import {
  type AnalysisRun,
  analysisRunSchema,
  type Event,
  eventSchema,
  type ReplicaSet,
  type Rollout,
  replicaSetSchema,
  rolloutSchema,
} from './objects.ts'
import { shareOfImage } from './traffic.ts'
import type { Variant } from './variants.ts'

/** A shop in a namespace of its own, with users who keep asking it. */
export interface Shop {
  readonly namespace: string
  readonly variant: Variant
  readonly load: Load
  rollout(): Promise<Rollout>
  replicaSets(): Promise<readonly ReplicaSet[]>
  analysisRuns(): Promise<readonly AnalysisRun[]>
  events(): Promise<readonly Event[]>
  /** Starts a release, as a user does: by changing the image of the Rollout. */
  setImage(image: string): Promise<void>
  /** The share of the requests, 0 to 1, that the version gets by the weights and pods in force. */
  shareOf(image: string): number
  /** Every share that the version had since the last `setImage`, in order, without repeats. */
  sharesSeen(image: string): readonly number[]
  /** Ends the load. */
  close(): void
}

const manifests = join(import.meta.dirname, '..', 'manifests')

async function applyManifests(cluster: Cluster, namespace: string, variant: Variant): Promise<void> {
  const secret = ['create', 'secret', 'generic', 'prometheus', `--from-literal=address=${cluster.prometheus.url}`]
  await kubectl(cluster.plane, ['-n', namespace, ...secret])
  const files = ['analysis.yaml', variant.manifest].flatMap((name) => ['-f', join(manifests, name)])
  await kubectl(cluster.plane, ['-n', namespace, 'apply', ...files])
}

/** Notes every change of the shares of all versions that were released. */
function recordShares(cluster: Cluster, namespace: string, variant: Variant): Map<string, number[]> {
  const seen = new Map<string, number[]>()
  cluster.view.subscribe((objects) => {
    for (const [image, shares] of seen) {
      const share = shareOfImage(objects, namespace, variant.rule, image)
      if (shares.at(-1) !== share) shares.push(share)
    }
  })
  return seen
}

/**
 * Opens a shop: namespace, manifests, load. The first deploy has begun when this returns.
 * @throws HarnessError when the API server refuses a manifest
 */
export async function openShop(cluster: Cluster, namespace: string, variant: Variant): Promise<Shop> {
  const { api } = cluster.plane
  await cluster.createNamespace(namespace)
  await applyManifests(cluster, namespace, variant)
  const { view, application } = cluster
  const load = startLoad({ view, application, namespace, rule: variant.rule })
  const seen = recordShares(cluster, namespace, variant)
  const argo = `/apis/argoproj.io/v1alpha1/namespaces/${namespace}`
  return {
    namespace,
    variant,
    load,
    rollout: () => api.get(`${argo}/rollouts/shop`, rolloutSchema),
    replicaSets: () => api.list(`/apis/apps/v1/namespaces/${namespace}/replicasets`, replicaSetSchema),
    analysisRuns: () => api.list(`${argo}/analysisruns`, analysisRunSchema),
    events: () => api.list(`/api/v1/namespaces/${namespace}/events`, eventSchema),
    async setImage(image) {
      seen.clear()
      seen.set(image, [])
      const patch = [{ op: 'replace', path: '/spec/template/spec/containers/0/image', value: image }]
      const args = ['-n', namespace, 'patch', 'rollout', 'shop', '--type=json', '-p', JSON.stringify(patch)]
      await kubectl(cluster.plane, args)
    },
    shareOf: (image) => shareOfImage(view.current(), namespace, variant.rule, image),
    sharesSeen: (image) => seen.get(image) ?? [],
    close: () => load.stop(),
  }
}

/** The image that a Rollout or ReplicaSet asks for. */
export function imageOf(object: Rollout | ReplicaSet): string {
  return z.string().parse(object.spec.template.spec.containers[0]?.image)
}
