import type {
  AppMeshRoute,
  AppMeshRouteRule,
  AppMeshVirtualRouter,
  AppMeshWeightedTarget,
} from '../../api/kubernetes/app-mesh.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import type { TrafficIntent } from '../router.ts'
import type { AppMeshSpec } from './objects.ts'

/** Kinds of route that split requests. */
const protocols = ['httpRoute', 'tcpRoute', 'http2Route', 'grpcRoute'] as const

/** See {@link protocolOf}. */
export type Protocol = (typeof protocols)[number]

type Route = DeepReadonly<AppMeshRoute>
type Target = DeepReadonly<AppMeshWeightedTarget>

/** The protocol of a route, and what it does; `undefined` for one that does not split. */
export const protocolOf = (
  route: Route,
): { readonly protocol: Protocol; readonly rule: DeepReadonly<AppMeshRouteRule> } | undefined => {
  for (const protocol of protocols) {
    const rule = route[protocol]
    if (rule !== undefined) return { protocol, rule }
  }
  return undefined
}

/** Whether a spec takes this route. */
export const isNamed = ({ name }: Route, { virtualService }: AppMeshSpec): boolean =>
  virtualService?.routes === undefined || virtualService.routes.length === 0 || virtualService.routes.includes(name)

/** Which of the two VirtualNodes a target is. */
export const roleOf = (
  { virtualNodeRef }: Target,
  { virtualNodeGroup: nodes }: AppMeshSpec,
  namespace: string,
): 'canary' | 'stable' | undefined => {
  if (virtualNodeRef === undefined || (virtualNodeRef.namespace ?? namespace) !== namespace) return undefined
  if (virtualNodeRef.name === nodes?.stableVirtualNodeRef.name) return 'stable'
  return virtualNodeRef.name === nodes?.canaryVirtualNodeRef.name ? 'canary' : undefined
}

/** Routes with the intended weights; others, and targets that are neither node, stay. */
export const weightedRoutes = (
  { spec }: DeepReadonly<AppMeshVirtualRouter>,
  intent: TrafficIntent,
  appMesh: AppMeshSpec,
  namespace: string,
): readonly Route[] =>
  (spec.routes ?? []).map((route) => {
    const found = protocolOf(route)
    const targets = found?.rule.action?.weightedTargets
    if (found === undefined || targets === undefined || !isNamed(route, appMesh)) return route
    const weightedTargets = targets.map((target): Target => {
      const role = roleOf(target, appMesh, namespace)
      return role === undefined ? target : { ...target, weight: intent[role].weight }
    })
    return { ...route, [found.protocol]: { ...found.rule, action: { ...found.rule.action, weightedTargets } } }
  })

/** Whether a node gets requests by the routes as they are. */
export const getsRequests = (
  { spec }: DeepReadonly<AppMeshVirtualRouter>,
  node: 'canary' | 'stable',
  appMesh: AppMeshSpec,
  namespace: string,
): boolean =>
  (spec.routes ?? []).some((route) =>
    (protocolOf(route)?.rule.action?.weightedTargets ?? []).some(
      (target) => roleOf(target, appMesh, namespace) === node && (target.weight ?? 0) > 0,
    ),
  )
