import type { JsonObject } from '../../lib/json.ts'
import { cloneJson, objectOr } from '../../lib/json-value.ts'
import type { Description } from '../../plugins/contract/describe.ts'
import { putIntent, verifyIntent } from '../../plugins/contract/router.ts'
import { PluginError } from '../../plugins/plugin-error.ts'
import type { Router, TrafficIntent, Verification } from '../router.ts'

/** A plugin has no objects that the engine could read: it is told the intent, and says whether it is in force. */
type PluginRouter = Router<JsonObject>

const verificationOf = (answer: {
  readonly state: 'verified' | 'pending' | 'not-verifiable'
  readonly message?: string | undefined
}): Verification =>
  answer.state === 'pending'
    ? { state: 'pending', why: answer.message ?? 'the plugin says so' }
    : { state: answer.state }

/** What an intent asks for that the plugin says it cannot do. */
const refuse = (name: string, { abilities }: Description, intent: TrafficIntent): void => {
  const wanted = [
    ['header-routes', intent.headerRoutes, 'route by headers'],
    ['mirror-routes', intent.mirrorRoutes, 'mirror requests'],
    ['additional-destinations', intent.additional, 'give the pods of an experiment a weight'],
  ] as const
  for (const [ability, routes, what] of wanted) {
    if (abilities === undefined || abilities.includes(ability) || routes.length === 0) continue
    throw new PluginError(`plugin ${name} cannot ${what}, as it says: remove the step that asks for it`)
  }
}

/**
 * The router that a plugin is. It gets the whole intent each time, so that one that lost its memory is put right: with each
 * change, and every few minutes.
 */
export const pluginRouter = (name: string): PluginRouter => ({
  name: `plugins[${name}]`,
  plugin: name,
  // What a certain plugin cannot do is known when it is asked.
  abilities: ['header-routes', 'mirror-routes', 'additional-destinations', 'ping-pong', 'weights-beyond-100'],
  resources: [],
  refs: () => [],
  validate: () => [],
  desire: () => [],
  verify: () => ({ state: 'not-verifiable' }),
  observe: async (intent, config, rollout, { plugins, last, signal }) => {
    refuse(name, await plugins.describe('router', name, signal), intent)
    const body = { config, rollout: objectOr(cloneJson(rollout)), intent }
    if (last?.state === 'pending') {
      const { state, message } = await plugins.call(verifyIntent, name, body, signal)
      if (state !== 'unknown') return verificationOf({ state, message })
    }
    return verificationOf(await plugins.call(putIntent, name, body, signal))
  },
})
