import type {
  AppMeshRef,
  AppMeshVirtualNode,
  AppMeshVirtualRouter,
  AppMeshVirtualService,
} from '../../api/kubernetes/app-mesh.ts'
import { appMeshResources } from '../../api/resources.ts'
import type { Rollout } from '../../api/rollout.ts'
import type { AppMeshRouting } from '../../api/routers/app-mesh.ts'
import type { Resource } from '../../kube/resource.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import type { KnownObjects, ObjectRef } from '../router.ts'

/** What a Rollout says about App Mesh. */
export type AppMeshSpec = DeepReadonly<AppMeshRouting>

/** Where a Rollout says it. */
export const appMeshField = 'spec.strategy.canary.trafficRouting.appMesh'

/** The objects that a spec names, as far as they are there. */
export interface MeshObjects {
  readonly serviceRef: ObjectRef
  readonly service: DeepReadonly<AppMeshVirtualService> | undefined
  /** Absent where the VirtualService is served by none. */
  readonly routerRef: ObjectRef | undefined
  readonly router: DeepReadonly<AppMeshVirtualRouter> | undefined
  readonly canaryRef: ObjectRef
  readonly canary: DeepReadonly<AppMeshVirtualNode> | undefined
  readonly stableRef: ObjectRef
  readonly stable: DeepReadonly<AppMeshVirtualNode> | undefined
}

/** Finds the objects that a spec names. */
export const meshObjects = (
  { virtualService, virtualNodeGroup: nodes }: AppMeshSpec,
  { metadata }: DeepReadonly<Rollout>,
  known: KnownObjects,
): MeshObjects => {
  const own = metadata.namespace ?? ''
  const refTo = (resource: Resource, { name, namespace = own }: DeepReadonly<AppMeshRef>): ObjectRef => ({
    resource,
    namespace,
    name,
  })
  // The API server holds the objects to App Mesh's own schema, of which our types are a part.
  const find = <Kind>(ref: ObjectRef): DeepReadonly<Kind> | undefined =>
    known.get(ref) as unknown as DeepReadonly<Kind> | undefined
  const serviceRef = refTo(appMeshResources.virtualServices, { name: virtualService?.name ?? '' })
  const service = find<AppMeshVirtualService>(serviceRef)
  // References are asked for before anything is checked, so a service of another shape leads nowhere.
  const named = service?.spec?.provider?.virtualRouter?.virtualRouterRef
  const provider = typeof named?.name === 'string' ? named : undefined
  const routerRef = provider && refTo(appMeshResources.virtualRouters, provider)
  const canaryRef = refTo(appMeshResources.virtualNodes, { name: nodes?.canaryVirtualNodeRef.name ?? '' })
  const stableRef = refTo(appMeshResources.virtualNodes, { name: nodes?.stableVirtualNodeRef.name ?? '' })
  return {
    serviceRef,
    service,
    routerRef,
    router: routerRef && find<AppMeshVirtualRouter>(routerRef),
    canaryRef,
    canary: find<AppMeshVirtualNode>(canaryRef),
    stableRef,
    stable: find<AppMeshVirtualNode>(stableRef),
  }
}
