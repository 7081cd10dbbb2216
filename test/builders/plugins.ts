import type { Net } from '../../src/kube/net.ts'
import { type Clock, systemClock } from '../../src/lib/clock.ts'
import { formatYaml } from '../../src/lib/yaml.ts'
import { PluginDirectory } from '../../src/plugins/configuration.ts'
import type { Credentials, ReadCredentials } from '../../src/plugins/credentials.ts'
import { PluginError } from '../../src/plugins/plugin-error.ts'
import { type PluginCaller, Plugins } from '../../src/plugins/plugins.ts'
import { machineNet } from './measure-context.ts'

/** Name under which tests configure their plugin, as all three kinds. */
export const pluginName = 'acme/reference'

/** Data of a ConfigMap with one plugin of all three kinds. */
export const pluginConfig = (fields: object): Record<string, string> => {
  const list = formatYaml([{ name: pluginName, ...fields }])
  return { metricProviderPlugins: list, trafficRouterPlugins: list, stepPlugins: list }
}

/** A directory with one plugin of all three kinds. */
export const directoryWith = (fields: object): PluginDirectory =>
  new PluginDirectory(pluginConfig(fields), 'argo-rollouts/argo-rollouts-config')

/** Asks one plugin, on the network of this machine unless told otherwise. */
export const pluginsWith = (
  fields: object,
  over: {
    readonly clock?: Clock
    readonly net?: Net
    readonly credentials?: Credentials
    readonly readCredentials?: ReadCredentials
  } = {},
): Plugins => {
  const { clock = systemClock, net = machineNet(clock), credentials = { headers: {}, secrets: [] } } = over
  const directory = directoryWith(fields)
  const registry = { directory, cache: { synced: true, whenSynced: async () => {} } }
  const { readCredentials = async () => credentials } = over
  return new Plugins(registry, { net, clock, readCredentials })
}

/** For what is tested without plugins. */
export const noPlugins: Pick<PluginCaller, 'call'> = {
  call: async () => {
    throw new PluginError('there are no plugins here')
  },
}
