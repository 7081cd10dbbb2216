import { gatewayApiPluginName } from '../api/gateway-api-plugin.ts'
import type { Rollout } from '../api/rollout.ts'
import type { DeepReadonly } from '../lib/json.ts'
import type { PluginKind } from '../plugins/contract/operation.ts'

/** A plugin that a Rollout names. */
export interface PluginUse {
  readonly kind: PluginKind
  readonly name: string
}

/** The plugins that a Rollout names, each once. What Crossfade does itself under the name of a plugin is none. */
export const pluginUses = ({ spec }: DeepReadonly<Pick<Rollout, 'spec'>>): readonly PluginUse[] => {
  const { steps = [], trafficRouting } = spec.strategy?.canary ?? {}
  const routers = Object.keys(trafficRouting?.plugins ?? {}).filter((name) => name !== gatewayApiPluginName)
  const ofSteps = new Set(steps.flatMap(({ plugin }) => (plugin === undefined ? [] : [plugin.name])))
  return [
    ...routers.map((name): PluginUse => ({ kind: 'router', name })),
    ...[...ofSteps].map((name): PluginUse => ({ kind: 'step', name })),
  ]
}
