import { rollouts } from '../api/resources.ts'
import type { Rollout } from '../api/rollout.ts'
import type { CommandPatch } from '../api/rollout-commands.ts'
import { isNotFound } from '../kube/errors.ts'
import type { Cluster } from './context.ts'
import { asRollout } from './stored-objects.ts'

/** Reads one Rollout. Throws KubeError 404 when there is none. */
export const readRollout = async ({ client, namespace }: Cluster, name: string): Promise<Rollout> =>
  asRollout(await client.get(rollouts, { namespace, name }))

/**
 * Sends patches one after another. A status goes to the subresource; where that is not found, it goes to the object, for
 * CRDs that were installed without a status subresource.
 */
export const sendPatches = async (cluster: Cluster, name: string, patches: readonly CommandPatch[]): Promise<void> => {
  const { client, namespace } = cluster
  for (const { patch, subresource } of patches) {
    try {
      await client.mergePatch(rollouts, { namespace, name }, patch, { ...(subresource && { subresource }) })
    } catch (error) {
      if (subresource === undefined || !isNotFound(error)) throw error
      await client.mergePatch(rollouts, { namespace, name }, patch)
    }
  }
}
