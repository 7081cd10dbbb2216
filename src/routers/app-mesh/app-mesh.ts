import type { AppMeshVirtualNode } from '../../api/kubernetes/app-mesh.ts'
import { podTemplateHashLabel } from '../../api/labels.ts'
import { appMeshResources } from '../../api/resources.ts'
import type { Rollout } from '../../api/rollout.ts'
import type { DeepReadonly, JsonObject } from '../../lib/json.ts'
import { cloneJson, equalJson } from '../../lib/json-value.ts'
import type { KnownObjects, ObjectRef, ObjectWrite, Router, TrafficIntent, Verification } from '../router.ts'
import { type AppMeshSpec, type MeshObjects, meshObjects } from './objects.ts'
import { getsRequests, weightedRoutes } from './routes.ts'
import { appMeshFaults } from './validation.ts'

/** What nodes select that are to have no pods, as the published controller writes it. */
const placeholders = { canary: 'canary-hash', stable: 'stable-hash' } as const

/**
 * A new pod that two VirtualNodes select is refused by the mesh, so the canary node selects none where both would be the
 * same, unless requests are still sent to it.
 */
const hashesOf = ({ canary, stable }: TrafficIntent) => {
  const own = canary.podTemplateHash
  const isIdle = own === stable.podTemplateHash && canary.weight === 0
  return {
    canary: own === '' || isIdle ? placeholders.canary : own,
    stable: stable.podTemplateHash || placeholders.stable,
  }
}

const nodeWrite = (
  ref: ObjectRef,
  node: DeepReadonly<AppMeshVirtualNode> | undefined,
  hash: string | null,
): readonly ObjectWrite[] => {
  if (node === undefined) return []
  const present = node.spec.podSelector?.matchLabels?.[podTemplateHashLabel] ?? null
  if (present === hash) return []
  const patch = { spec: { podSelector: { matchLabels: { [podTemplateHashLabel]: hash } } } }
  return [{ type: 'patch', ref, patch, why: hash === null ? 'select every revision' : `select the pods of ${hash}` }]
}

const routerWrite = (
  { router, routerRef }: MeshObjects,
  intent: TrafficIntent,
  spec: AppMeshSpec,
  namespace: string,
): readonly ObjectWrite[] => {
  if (router === undefined || routerRef === undefined) return []
  const routes = weightedRoutes(router, intent, spec, namespace)
  if (equalJson(routes, router.spec.routes ?? [])) return []
  const { canary, maxWeight } = intent
  const patch = { metadata: { resourceVersion: router.metadata.resourceVersion }, spec: { routes } }
  const why = `${canary.weight} of ${maxWeight} to ${canary.serviceName}`
  return [{ type: 'patch', ref: routerRef, patch: cloneJson(patch) as unknown as JsonObject, why }]
}

/**
 * First the nodes that are to get requests select their pods, then the weights change; a canary node that is to get none
 * is turned to other pods only when the routes have been read back without it.
 */
const writesOf = (
  intent: TrafficIntent,
  spec: AppMeshSpec,
  rollout: DeepReadonly<Rollout>,
  known: KnownObjects,
): readonly ObjectWrite[] => {
  const namespace = rollout.metadata.namespace ?? ''
  const objects = meshObjects(spec, rollout, known)
  const { router, canary, canaryRef, stable, stableRef } = objects
  const hashes = hashesOf(intent)
  const isFree = router === undefined || intent.canary.weight > 0 || !getsRequests(router, 'canary', spec, namespace)
  return [
    ...nodeWrite(stableRef, stable, hashes.stable),
    ...(isFree ? nodeWrite(canaryRef, canary, hashes.canary) : []),
    ...routerWrite(objects, intent, spec, namespace),
  ]
}

/** Everything to stable; then its node selects the pods of every revision again, and the other one none. */
const leavingWrites = (
  intent: TrafficIntent,
  spec: AppMeshSpec,
  rollout: DeepReadonly<Rollout>,
  known: KnownObjects,
): readonly ObjectWrite[] => {
  const objects = meshObjects(spec, rollout, known)
  const routing = routerWrite(objects, intent, spec, rollout.metadata.namespace ?? '')
  if (routing.length > 0) return routing
  return [
    ...nodeWrite(objects.canaryRef, objects.canary, placeholders.canary),
    ...nodeWrite(objects.stableRef, objects.stable, null),
  ]
}

/**
 * Sets the weights of the two VirtualNodes in the routes of the VirtualRouter behind a VirtualService of AWS App Mesh, and
 * which revision each of the nodes selects. All else stays as its owner wrote it.
 */
export const appMeshRouter: Router<AppMeshSpec> = {
  name: 'appMesh',
  abilities: [],
  resources: Object.values(appMeshResources),
  refs: (spec, rollout, known) => {
    const { serviceRef, routerRef, canaryRef, stableRef } = meshObjects(spec, rollout, known)
    return [serviceRef, ...(routerRef === undefined ? [] : [routerRef]), canaryRef, stableRef]
  },
  validate: appMeshFaults,
  desire: writesOf,
  leave: leavingWrites,
  // The conditions of a VirtualRouter do not say which generation of its routes the mesh has.
  verify: (intent, spec, rollout, known): Verification =>
    writesOf(intent, spec, rollout, known).length === 0
      ? { state: 'not-verifiable' }
      : {
          state: 'pending',
          why: `VirtualService ${spec.virtualService?.name ?? ''} is not routed as it should be yet`,
        },
}
