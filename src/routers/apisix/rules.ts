import type { ApisixBackend, ApisixHttpRule, ApisixRoute } from '../../api/kubernetes/apisix-route.ts'
import type { ApisixRouting } from '../../api/routers/apisix.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import type { EntryShape } from '../weighted-entries.ts'
import { hasBothServices } from '../weighted-entries.ts'

/** What a Rollout says about its ApisixRoute. */
export type ApisixSpec = DeepReadonly<ApisixRouting>

type Rule = DeepReadonly<ApisixHttpRule>

/** The Services of a Rollout by the pods that they are for. */
export type Roles = { readonly canary: string; readonly stable: string }

/** How a rule names the Services that it splits between. */
export const backendShape: EntryShape<ApisixBackend> = {
  serviceOf: ({ serviceName }) => serviceName,
  weightOf: ({ weight }) => weight,
  withWeight: (entry, weight) => ({ ...entry, weight }),
  leadingTo: (entry, serviceName) => ({ ...entry, serviceName }),
}

/** Whether a release splits a rule: the spec names it, or names none, and it has both Services. */
export const isSplit = ({ name, backends = [] }: Rule, { route }: ApisixSpec, roles: Roles): boolean =>
  (route?.rules === undefined || route.rules.includes(name)) && hasBothServices(backends, backendShape, roles)

/** The rules of a route that a release splits. */
export const splitRules = (route: DeepReadonly<ApisixRoute>, spec: ApisixSpec, roles: Roles): readonly Rule[] =>
  (route.spec.http ?? []).filter((rule) => isSplit(rule, spec, roles))
