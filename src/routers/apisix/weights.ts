import { type FieldError, invalid, required } from '../../api/field-error.ts'
import type { ApisixRoute } from '../../api/kubernetes/apisix-route.ts'
import { apisixRoutes } from '../../api/resources.ts'
import { serviceRolesOf } from '../../api/service-roles.ts'
import { type SplitContext, splitObjectRouter } from '../split-object.ts'
import { hasBothServices, weightedEntries } from '../weighted-entries.ts'
import { type ApisixSpec, backendShape, isSplit, splitRules } from './rules.ts'

const at = 'spec.strategy.canary.trafficRouting.apisix.route'

const faultsOf = ({ object, named, spec, rollout }: SplitContext<ApisixSpec, ApisixRoute>): readonly FieldError[] => {
  const roles = serviceRolesOf(rollout)
  const services = `stable Service "${roles.stable}" and canary Service "${roles.canary}"`
  const rules = object.spec.http ?? []
  const ofRules = (spec.route?.rules ?? []).flatMap((name, index) => {
    const found = rules.find((rule) => rule.name === name)
    if (found !== undefined && hasBothServices(found.backends ?? [], backendShape, roles)) return []
    const detail =
      found === undefined
        ? `Apisix http route rule ${name} not found`
        : `rule "${name}" of ApisixRoute "${named.name}" lacks the ${services} as backends`
    return [invalid(`${at}.rules[${index}]`, name, detail)]
  })
  if (ofRules.length > 0 || splitRules(object, spec, roles).length > 0) return ofRules
  return [
    invalid(named.field, named.name, `no rule of ApisixRoute "${named.name}" has both the ${services} as backends`),
  ]
}

/** Sets the weights of the backends in the rules of an ApisixRoute. */
export const apisixWeights = splitObjectRouter<ApisixSpec, ApisixRoute>({
  name: 'apisix',
  abilities: [],
  resource: apisixRoutes,
  named: ({ route }) => (route === undefined ? [] : [{ name: route.name, field: `${at}.name` }]),
  desired: (intent, { object, spec }) => {
    const roles = { canary: intent.canary.serviceName, stable: intent.stable.serviceName }
    const http = (object.spec.http ?? []).map((rule) =>
      isSplit(rule, spec, roles)
        ? { ...rule, backends: weightedEntries(rule.backends ?? [], backendShape, intent, []) }
        : rule,
    )
    return { spec: { ...(object.spec.http !== undefined && { http }) }, parts: {} }
  },
  faults: faultsOf,
  specFaults: ({ route }) => (route === undefined ? [required(at, 'name an ApisixRoute')] : []),
})
