import { Command } from 'commander'
import { deployments, rollouts } from '../../api/resources.ts'
import type { Rollout } from '../../api/rollout.ts'
import type { JsonPatchOperation } from '../../kube/client.ts'
import { isConflict, isInvalid } from '../../kube/errors.ts'
import type { Resource } from '../../kube/resource.ts'
import { listOr, objectOr } from '../../lib/json-value.ts'
import { CommandError, UsageError } from '../command-error.ts'
import type { Cluster } from '../context.ts'
import { argument, type Bind, type Run, say } from '../invocation.ts'
import { readRollout } from '../write-rollout.ts'

const containerLists = ['initContainers', 'containers', 'ephemeralContainers'] as const

/** How often somebody else may change the containers in between. */
const attempts = 5

/** An image for the container of a name, or for all with `*`. */
interface Wish {
  readonly container: string
  readonly image: string
}

const readWish = (text: string): Wish => {
  const [container = '', image = '', ...more] = text.split('=')
  if (container === '' || image === '' || more.length > 0) throw new UsageError('an image is set by CONTAINER=IMAGE')
  return { container, image }
}

/** Sets the image of each container that the wish names, provided it is still that container. */
const patchOf = (object: unknown, wish: Wish): JsonPatchOperation[] => {
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
  throw new CommandError(
    `the workload of rollout "${rollout.metadata.name}" is a ${workloadRef.kind}: set the image there, with kubectl`,
  )
}

/** Sets the image, and answers what the object that has it is called. */
const setImageIn = async (cluster: Cluster, name: string, wish: Wish): Promise<string> => {
  const { client, namespace } = cluster
  const holder = holderOf(await readRollout(cluster, name))
  const at = { namespace, name: holder.name }
  for (let attempt = 1; ; attempt++) {
    const patch = patchOf(await client.get(holder.resource, at), wish)
    if (patch.length === 0) throw new CommandError(`unable to find container named "${wish.container}"`)
    try {
      await client.jsonPatch(holder.resource, at, patch)
      return `${holder.resource === rollouts ? 'rollout' : 'deployment'} "${holder.name}"`
    } catch (error) {
      // A failed test is answered with 422: the containers are others than a moment ago.
      if (attempt === attempts || !(isConflict(error) || isInvalid(error))) throw error
    }
  }
}

const setImage: Run = async (invocation) => {
  const name = argument(invocation, 0)
  const wish = readWish(argument(invocation, 1))
  const holder = await invocation.withCluster((cluster) => setImageIn(cluster, name, wish))
  say(invocation, `${holder} image updated`)
}

/** `set image`: asks for another version. */
export const setCommand = (bind: Bind): Command =>
  new Command('set')
    .summary('Set the image of a Rollout')
    .description('Sets a part of an object.')
    .addCommand(
      new Command('image')
        .summary('Set the image of a container')
        .description('Sets the image of a container of a Rollout, which begins a release.')
        .argument('<ROLLOUT_NAME>', 'Name of the Rollout')
        .argument('<CONTAINER=IMAGE>', 'Container and its new image; * for all containers')
        .action(bind(setImage)),
    )
