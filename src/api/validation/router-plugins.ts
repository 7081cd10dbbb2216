import type { DeepReadonly } from '../../lib/json.ts'
import type { FieldError } from '../field-error.ts'
import { gatewayApiPluginName, gatewayApiPluginSchema } from '../gateway-api-plugin.ts'
import type { RolloutManifest } from '../rollout.ts'

/**
 * Faults in the configuration of router plugins that Crossfade is itself, such as that of the Gateway API: the schema of the
 * Rollout leaves it open.
 */
export const routerPluginErrors = ({ spec }: DeepReadonly<Pick<RolloutManifest, 'spec'>>): readonly FieldError[] => {
  const config = spec.strategy?.canary?.trafficRouting?.plugins?.[gatewayApiPluginName]
  if (config === undefined) return []
  const parsed = gatewayApiPluginSchema.safeParse(config)
  if (parsed.success) return []
  const field = `spec.strategy.canary.trafficRouting.plugins[${gatewayApiPluginName}]`
  return parsed.error.issues.map(
    (issue): FieldError => ({ type: 'Invalid', field: [field, ...issue.path].join('.'), detail: issue.message }),
  )
}
