import type { DeepReadonly } from '../../lib/json.ts'
import { type FieldError, forbidden } from '../field-error.ts'
import { gatewayApiPluginName, gatewayApiPluginSchema } from '../gateway-api-plugin.ts'
import type { RolloutManifest } from '../rollout.ts'
import type { TrafficRouting } from '../traffic-routing.ts'

const notYet = (field: string): FieldError =>
  forbidden(
    field,
    'not supported yet by this version of Crossfade: remove it, or leave this Rollout to the other controller by its instance id',
  )

const unsupportedRouters = ['ambassador', 'appMesh', 'apisix'] as const

const set = <Key extends string>(object: object | undefined, keys: readonly Key[]): readonly Key[] =>
  keys.filter((key) => object !== undefined && (object as Readonly<Record<string, unknown>>)[key] !== undefined)

const pluginErrors = (plugins: DeepReadonly<TrafficRouting>['plugins'], at: string): readonly FieldError[] =>
  Object.entries(plugins ?? {}).flatMap(([name, config]) => {
    const field = `${at}.plugins[${name}]`
    if (name !== gatewayApiPluginName) return []
    const parsed = gatewayApiPluginSchema.safeParse(config)
    if (parsed.success) return []
    return parsed.error.issues.map(
      (issue): FieldError => ({
        type: 'Invalid',
        field: [field, ...issue.path].join('.'),
        detail: issue.message,
      }),
    )
  })

const routingErrors = (routing: DeepReadonly<TrafficRouting> | undefined, at: string): readonly FieldError[] => [
  ...set(routing, unsupportedRouters).map((key) => notYet(`${at}.${key}`)),
  ...pluginErrors(routing?.plugins, at),
]

/**
 * Fields of the published API whose behaviour this version does not have. Each is an error rather than silence, so that
 * nobody releases with an option that does nothing.
 */
export const unsupportedFields = ({ spec }: DeepReadonly<Pick<RolloutManifest, 'spec'>>): readonly FieldError[] => {
  const { canary } = spec.strategy ?? {}
  return routingErrors(canary?.trafficRouting, 'spec.strategy.canary.trafficRouting')
}
