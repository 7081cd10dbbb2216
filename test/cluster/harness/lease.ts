import { z } from 'zod'

import type { ApiClient } from './api-client.ts'

const leaseSchema = z.object({ spec: z.object({ holderIdentity: z.string().default('') }) })

/** Who holds the Lease, empty when nobody does. @throws ApiError when there is no such Lease */
export async function leaseHolder(api: ApiClient, namespace: string, name: string): Promise<string> {
  const lease = await api.get(`/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/${name}`, leaseSchema)
  return lease.spec.holderIdentity
}
