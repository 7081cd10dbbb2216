import { rollouts } from '../../api/resources.ts'
import { abortPatch, promotePatches, restartPatch, retryPatch } from '../../api/rollout-commands.ts'
import { setImage } from '../../client/set-image.ts'
import { undoRollout } from '../../client/undo-rollout.ts'
import { type NamespacedClient, readRollout, sendPatches } from '../../client/write-rollout.ts'
import type { StoredObject } from '../../kube/informer.ts'
import type { JsonObject } from '../../lib/json.ts'
import { badRequest } from './api-error.ts'

/** What a command is told. */
export interface CommandCall {
  /** Values of the names in the path, and the Rollout's. */
  readonly name: string
  readonly words: Readonly<Record<string, string>>
  readonly body: JsonObject
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** Does something with a Rollout, and answers the Rollout as it is then. */
export type DashboardCommand = (at: NamespacedClient, call: CommandCall) => Promise<StoredObject>

const current = ({ client, namespace }: NamespacedClient, name: string): Promise<StoredObject> =>
  client.get(rollouts, { namespace, name })

const promote: DashboardCommand = async (at, { name, body }) => {
  const promotion = body.full === true ? 'full' : 'next'
  const patches = promotePatches(await readRollout(at, name), promotion)
  return (await sendPatches(at, name, patches)) ?? current(at, name)
}

const undo: DashboardCommand = async (at, { name, words: { revision = '' } }) => {
  if (!/^[0-9]{1,9}$/.test(revision)) throw badRequest(`the revision ${JSON.stringify(revision)} is not a whole number`)
  await undoRollout(at, name, Number(revision))
  return current(at, name)
}

const setContainerImage: DashboardCommand = async (at, { name, words: { container = '', image = '', tag = '' } }) => {
  await setImage(at, name, { container, image: `${image}:${tag}` })
  return current(at, name)
}

const patched =
  (patchOf: (now: number) => typeof abortPatch): DashboardCommand =>
  async (at, { name, now }) =>
    (await sendPatches(at, name, [patchOf(now)])) ?? current(at, name)

/** The commands by the word that stands for them in the path: those of the published dashboard, which are the plugin's. */
export const dashboardCommands = {
  restart: patched(restartPatch),
  promote,
  abort: patched(() => abortPatch),
  retry: patched(() => retryPatch),
  undo,
  set: setContainerImage,
} as const satisfies Readonly<Record<string, DashboardCommand>>
