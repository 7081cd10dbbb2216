import * as z from 'zod'
import { istioPrimaryClusterLabel } from '../api/labels.ts'
import { secrets } from '../api/resources.ts'
import type { StoredObject } from '../kube/informer.ts'
import type { InformerDefinition } from '../kube/shared-informer.ts'
import type { DeepReadonly } from '../lib/json.ts'

/** A Secret with a kubeconfig in it, under the name of its cluster, as `istioctl create-remote-secret` makes them. */
export interface ClusterSecret {
  readonly namespace: string
  readonly name: string
  /** Values by key, encoded as the API server sends them. */
  readonly data: Readonly<Record<string, string>>
}

const dataSchema = z.object({ data: z.record(z.string(), z.string()).optional() })

const viewOf = (object: StoredObject): ClusterSecret => ({
  namespace: object.metadata.namespace ?? '',
  name: object.metadata.name,
  data: dataSchema.safeParse(object).data?.data ?? {},
})

/** The label by which the Secret of the Istio primary cluster is found, as published. */
export const primarySelector = `${istioPrimaryClusterLabel}=true`

/** The cache of the Secrets that name the Istio primary cluster; in a healthy installation there is one or none. */
export const primarySecrets = (namespace: string): InformerDefinition<ClusterSecret> => ({
  resource: secrets,
  namespace,
  labelSelector: primarySelector,
  view: viewOf,
})

/** What a Secret says of a cluster: its name, and how to get there; or what is wrong with it. */
export type ClusterEntry =
  | { readonly cluster: string; readonly kubeconfig: string; readonly fault?: undefined }
  | { readonly fault: string }

/**
 * Reads the one entry of a Secret. The published controller takes any when there are several, another one with each start,
 * which could split a mesh between two clusters.
 */
export const clusterOf = ({ data }: DeepReadonly<ClusterSecret>): ClusterEntry => {
  const entries = Object.entries(data)
  const [entry] = entries
  if (entry === undefined || entries.length > 1) {
    const keys = entries.map(([key]) => key).sort()
    const fault =
      keys.length === 0
        ? 'it has no data'
        : `it has ${keys.length} entries (${keys.join(', ')}), which leaves open what is meant`
    return { fault: `${fault}; put one kubeconfig into it, under the name of the cluster` }
  }
  const [cluster, value] = entry
  return { cluster, kubeconfig: Buffer.from(value, 'base64').toString('utf8') }
}

/** Which of several counts: the first by name, as the API server lists them to the published controller. */
export const firstByName = (found: readonly DeepReadonly<ClusterSecret>[]): DeepReadonly<ClusterSecret> | undefined =>
  found.toSorted((a, b) => (a.name < b.name ? -1 : 1))[0]
