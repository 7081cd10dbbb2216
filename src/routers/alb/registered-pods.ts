import * as z from 'zod'
import { podTemplateHashLabel } from '../../api/labels.ts'
import { pods } from '../../api/resources.ts'
import type { RouterInquiry } from '../router.ts'
import type { Target } from './load-balancers.ts'

const readyPod = z.object({
  metadata: z.object({ deletionTimestamp: z.never().optional() }),
  status: z.object({
    podIP: z.string().min(1),
    conditions: z
      .array(z.object({ type: z.string(), status: z.string() }))
      .refine((all) => all.some(({ type, status }) => type === 'Ready' && status === 'True')),
  }),
})

/** Addresses of the ready pods of a revision. */
export const readyPodAddresses = async (
  namespace: string,
  podTemplateHash: string,
  { list }: Pick<RouterInquiry, 'list'>,
): Promise<readonly string[]> => {
  if (podTemplateHash === '') return []
  const found = await list(pods, { namespace, labelSelector: `${podTemplateHashLabel}=${podTemplateHash}` })
  return found.flatMap((pod) => {
    const ready = readyPod.safeParse(pod)
    return ready.success ? [ready.data.status.podIP] : []
  })
}

/**
 * Why requests to a target group would not be answered by these pods; `undefined` when they would. All of them must be
 * registered (as the published controller asks), and the load balancer must find at least one target healthy (which it
 * does not ask: until then every request fails).
 */
export const targetFault = (
  group: { readonly name: string; readonly takesPods: boolean },
  targets: readonly Target[],
  addresses: readonly string[],
): string | undefined => {
  if (addresses.length === 0) return undefined
  const ids = new Set(targets.filter(({ state }) => state !== 'draining').map(({ id }) => id))
  const missing = addresses.filter((address) => !ids.has(address))
  if (group.takesPods && missing.length > 0) {
    return `target group ${group.name} lacks ${missing.length} of ${addresses.length} pods`
  }
  const counted = group.takesPods ? targets.filter(({ id }) => addresses.includes(id)) : targets
  return counted.some(({ state }) => state === 'healthy')
    ? undefined
    : `target group ${group.name} has no healthy target`
}
