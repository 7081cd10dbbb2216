import { rollouts } from '../api/resources.ts'
import type { Rollout } from '../api/rollout.ts'
import type { CommandPatch } from '../api/rollout-commands.ts'
import type { KubeClient } from '../kube/client.ts'
import { isNotFound } from '../kube/errors.ts'
import type { StoredObject } from '../kube/informer.ts'
import { asRollout } from './stored-objects.ts'

/** Reads and writes in one namespace. */
export interface NamespacedClient {
  readonly client: KubeClient
  readonly namespace: string
}

/** A command that cannot be done with the Rollout as it is. The message is for the user. */
export class RefusedCommandError extends Error {
  override readonly name = 'RefusedCommandError'
}

/** Reads one Rollout. Throws KubeError 404 when there is none. */
export const readRollout = async ({ client, namespace }: NamespacedClient, name: string): Promise<Rollout> =>
  asRollout(await client.get(rollouts, { namespace, name }))

const sendPatch = async (
  { client, namespace }: NamespacedClient,
  name: string,
  { patch, subresource }: CommandPatch,
): Promise<StoredObject> => {
  try {
    return await client.mergePatch(rollouts, { namespace, name }, patch, { ...(subresource && { subresource }) })
  } catch (error) {
    if (subresource === undefined || !isNotFound(error)) throw error
    return client.mergePatch(rollouts, { namespace, name }, patch)
  }
}

/**
 * Sends patches one after another, and answers the Rollout as the last one left it. A status goes to the subresource; where
 * that is not found, it goes to the object, for CRDs that were installed without a status subresource.
 */
export const sendPatches = async (
  at: NamespacedClient,
  name: string,
  patches: readonly CommandPatch[],
): Promise<StoredObject | undefined> => {
  let last: StoredObject | undefined
  for (const patch of patches) last = await sendPatch(at, name, patch)
  return last
}
