import type { RouteParentStatus } from '../../api/kubernetes/gateway-route.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import type { Verification } from '../router.ts'
import type { Route } from './rules.ts'

const missingCondition = (
  parent: DeepReadonly<RouteParentStatus>,
  generation: number,
  type: string,
): string | undefined => {
  const where = `${type} of ${parent.controllerName} for parent ${parent.parentRef.name}`
  const condition = parent.conditions?.find((candidate) => candidate.type === type)
  if (condition === undefined) return `${where} is not set yet`
  if ((condition.observedGeneration ?? generation) < generation) return `${where} is about an older generation`
  if (condition.status !== 'True')
    return `${where} is ${condition.status}: ${condition.message ?? condition.reason ?? ''}`
  return undefined
}

/**
 * Whether every controller that attached the route has taken over its current generation (Gateway API, "Route status":
 * `Accepted` and `ResolvedRefs`). A route that no controller reports on cannot be verified.
 */
export const verifyRoute = (route: Route): Verification => {
  const parents = route.status?.parents ?? []
  if (parents.length === 0) return { state: 'not-verifiable' }
  const generation = route.metadata.generation ?? 0
  const why = parents
    .flatMap((parent) => ['Accepted', 'ResolvedRefs'].map((type) => missingCondition(parent, generation, type)))
    .find((missing) => missing !== undefined)
  return why === undefined
    ? { state: 'verified' }
    : { state: 'pending', why: `${route.kind} ${route.metadata.name}: ${why}` }
}
