import { deployments, rollouts } from '../api/resources.ts'
import type { Rollout } from '../api/rollout.ts'
import type { JsonPatchOperation } from '../kube/client.ts'
import { isConflict, isInvalid } from '../kube/errors.ts'
import type { Resource } from '../kube/resource.ts'
import { listOr, objectOr } from '../lib/json-value.ts'
import { type NamespacedClient, RefusedCommandError, readRollout } from './write-rollout.ts'

const containerLists = ['initContainers', 'containers', 'ephemeralContainers'] as const

/** How often somebody else may change the containers in between. */
const attempts = 5

/** An image for the container of a name, or for all with `*`. */
export interface ImageWish {
  readonly container: string
  readonly image: string
}

/** Sets the image of each container that the wish names, provided it is still that container. */
const patchOf = (object: unknown, wish: ImageWish): JsonPatchOperation[] => {
  const spec = objectOr(objectOr(objectOr(objectOr(object).spec).template).spec)
  return containerLists.flatMap((list) =>
    listOr(spec[list]).flatMap((item, index): JsonPatchOperation[] => {
      const { name } = objectOr(item)
      if (wish.container !== '*' && wish.container !== name) return []
      const path = `/spec/template/spec/${list}/${index}`
      return [
        { op: 'test', path: `${path}/name`, value: name },
        { op: 'add', path: `${path}/image`, value: wish.image },
      ]
    }),
  )
}

const holderOf = (rollout: Rollout): { readonly resource: Resource; readonly name: string } => {
  const { workloadRef } = rollout.spec
  if (workloadRef === undefined) return { resource: rollouts, name: rollout.metadata.name }
  if (workloadRef.kind === 'Deployment') return { resource: deployments, name: workloadRef.name ?? '' }
  throw new RefusedCommandError(
    `the workload of rollout "${rollout.metadata.name}" is a ${workloadRef.kind}: set the image there, with kubectl`,
  )
}

/**
 * Sets an image in the Rollout, or in the Deployment that it refers to, and answers what that object is called, such as
 * `rollout "web"`.
 * @throws RefusedCommandError when there is no such container, KubeError when the server refuses
 */
export const setImage = async (at: NamespacedClient, name: string, wish: ImageWish): Promise<string> => {
  const { client, namespace } = at
  const holder = holderOf(await readRollout(at, name))
  const home = { namespace, name: holder.name }
  for (let attempt = 1; ; attempt++) {
    const patch = patchOf(await client.get(holder.resource, home), wish)
    if (patch.length === 0) throw new RefusedCommandError(`unable to find container named "${wish.container}"`)
    try {
      await client.jsonPatch(holder.resource, home, patch)
      return `${holder.resource === rollouts ? 'rollout' : 'deployment'} "${holder.name}"`
    } catch (error) {
      // A failed test is answered with 422: the containers are others than a moment ago.
      if (attempt === attempts || !(isConflict(error) || isInvalid(error))) throw error
    }
  }
}
