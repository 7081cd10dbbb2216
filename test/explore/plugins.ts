import { pluginName } from '../builders/plugins.ts'
import { aRollout, pause, plugin, setWeight } from '../builders/rollout-builder.ts'
import { PluginHost, pluginConfigMap } from '../scenario/plugin-host.ts'
import { type Explorable, simple, whilePaused } from './explorable.ts'

/** A network with the reference plugin, which remembers nothing of other stories. */
export const pluginNet: NonNullable<Explorable['options']['net']> = (sandbox) => {
  const host = new PluginHost()
  host.latencyMs = 500
  return host.on(sandbox)
}

const options = { net: pluginNet }
const asked = [pluginConfigMap()]
const step = (config?: Parameters<typeof plugin>[1]) => plugin(pluginName, config)

const routed = aRollout('web').withReplicas(3).routedByPlugin(pluginName, { settleSeconds: 3 })
const stepwise = routed.withSteps(step(), setWeight(34), step({ seconds: 40 }), setWeight(67))
const paused = routed.withSteps(step(), setWeight(34), step({ seconds: 15 }), pause(), setWeight(67), step())

/** Releases that plugins route, and whose steps they run. */
export const pluginScenarios: readonly Explorable[] = [
  simple('plugins-good', options, stepwise, ...asked),
  simple('plugins-bad', options, routed.withSteps(step(), setWeight(34), step({ fails: true })), ...asked),
  {
    ...whilePaused('plugins-aborted', paused, asked, { abort: { rollout: 'web' } }, { retry: { rollout: 'web' } }),
    options,
  },
  { ...whilePaused('plugins-promoted', paused, asked, { promote: { rollout: 'web', full: true } }), options },
]
