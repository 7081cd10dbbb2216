import { type FieldError, invalid, required } from '../../api/field-error.ts'
import type { AppMeshRoute, AppMeshVirtualRouter } from '../../api/kubernetes/app-mesh.ts'
import type { Rollout } from '../../api/rollout.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import type { KnownObjects, ObjectRef } from '../router.ts'
import { type AppMeshSpec, appMeshField as at, type MeshObjects, meshObjects } from './objects.ts'
import { isNamed, protocolOf, roleOf } from './routes.ts'

type Router = DeepReadonly<AppMeshVirtualRouter>

const serviceField = `${at}.virtualService`

const missing = (field: string, { name, resource: { plural, group } }: ObjectRef): FieldError =>
  invalid(field, name, `${plural}.${group} "${name}" not found`)

/** Why a route of a VirtualRouter cannot be weighted; the words are the published ones where it has them. */
const routeFault = (
  route: DeepReadonly<AppMeshRoute>,
  { metadata: { name } }: Router,
  spec: AppMeshSpec,
  namespace: string,
): string | undefined => {
  const which = `AppMesh virtual-router ${name} and route ${route.name}`
  const found = protocolOf(route)
  if (found === undefined) return `Error getting route details for ${which}. Error: Route has unsupported route type`
  const targets = found.rule.action?.weightedTargets
  if (targets === undefined) return `Invalid route action found for ${which}`
  if (targets.length !== 2) return `Invalid number of weightedTargets (${targets.length}) for ${which}, expected 2`
  const roles = targets.map((target) => roleOf(target, spec, namespace))
  return roles.includes('canary') && roles.includes('stable')
    ? undefined
    : `the weightedTargets of ${which} are not the canary and the stable VirtualNode`
}

const routerFaults = (router: Router, spec: AppMeshSpec, namespace: string): readonly FieldError[] => {
  const { name } = router.metadata
  const routes = router.spec.routes ?? []
  if (routes.length === 0) return [invalid(serviceField, name, `No routes defined for AppMesh virtual-router ${name}`)]
  const absent = (spec.virtualService?.routes ?? []).flatMap((named, index) =>
    routes.some((route) => route.name === named)
      ? []
      : [invalid(`${serviceField}.routes[${index}]`, named, `AppMesh virtual-router ${name} has no route ${named}`)],
  )
  const wrong = routes
    .filter((route) => isNamed(route, spec))
    .flatMap((route) => routeFault(route, router, spec, namespace) ?? [])
  return [...absent, ...wrong.map((detail) => invalid(serviceField, name, detail))]
}

const serviceFaults = (objects: MeshObjects, spec: AppMeshSpec, namespace: string): readonly FieldError[] => {
  const { serviceRef, service, routerRef, router } = objects
  if (service === undefined) return [missing(`${serviceField}.name`, serviceRef)]
  if (routerRef === undefined) {
    const kind = service.spec.provider?.virtualNode === undefined ? 'nothing' : 'VirtualNode'
    return [invalid(serviceField, serviceRef.name, `Expected object kind to be VirtualRouter but is ${kind}`)]
  }
  return router === undefined ? [missing(serviceField, routerRef)] : routerFaults(router, spec, namespace)
}

/** Faults of a spec in the light of its objects. */
export const appMeshFaults = (
  spec: AppMeshSpec,
  rollout: DeepReadonly<Rollout>,
  known: KnownObjects,
): readonly FieldError[] => {
  const { virtualService, virtualNodeGroup } = spec
  if (virtualService === undefined) return [invalid(serviceField, null, 'must provide virtual-service')]
  const nodesField = `${at}.virtualNodeGroup`
  if (virtualNodeGroup === undefined) return [required(nodesField, 'name the two VirtualNodes')]
  const objects = meshObjects(spec, rollout, known)
  return [
    ...serviceFaults(objects, spec, rollout.metadata.namespace ?? ''),
    ...(objects.canary === undefined ? [missing(`${nodesField}.canaryVirtualNodeRef.name`, objects.canaryRef)] : []),
    ...(objects.stable === undefined ? [missing(`${nodesField}.stableVirtualNodeRef.name`, objects.stableRef)] : []),
  ]
}
