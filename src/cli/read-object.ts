import { experiments, rollouts } from '../api/resources.ts'
import type { Rollout } from '../api/rollout.ts'
import { asRollout } from '../client/stored-objects.ts'
import { isNotFound, KubeError } from '../kube/errors.ts'
import type { StoredObject } from '../kube/informer.ts'
import type { Cluster } from './context.ts'

/**
 * The published plugin reads from a cache what it shows, and a cache names a kind that is missing in the singular; what it
 * writes, it names as the server does.
 */
const namedAsByCache = (error: unknown): unknown =>
  isNotFound(error) && error instanceof KubeError
    ? new KubeError({ ...error, message: error.serverMessage.replace(/^(rollout|experiment)s\./, '$1.') }, error.call)
    : error

/** Reads the Rollout that is shown. Throws KubeError 404 when there is none. */
export const shownRollout = async ({ client, namespace }: Cluster, name: string): Promise<Rollout> => {
  try {
    return asRollout(await client.get(rollouts, { namespace, name }))
  } catch (error) {
    throw namedAsByCache(error)
  }
}

/** Reads the Experiment that is shown. Throws KubeError 404 when there is none. */
export const shownExperiment = async ({ client, namespace }: Cluster, name: string): Promise<StoredObject> => {
  try {
    return await client.get(experiments, { namespace, name })
  } catch (error) {
    throw namedAsByCache(error)
  }
}
