import { type FieldError, invalid } from '../../api/field-error.ts'
import type { Mapping } from '../../api/kubernetes/mapping.ts'
import { controllerOf } from '../../api/kubernetes/ownership.ts'
import { ownerReferenceTo } from '../../api/owner-reference.ts'
import type { Rollout } from '../../api/rollout.ts'
import type { AmbassadorRouting } from '../../api/routers/ambassador.ts'
import type { Resource } from '../../kube/resource.ts'
import type { DeepReadonly, JsonObject } from '../../lib/json.ts'
import { cloneJson, equalJson } from '../../lib/json-value.ts'
import { isOwnedBy } from '../owned-objects.ts'
import type { KnownObjects, ObjectRef, ObjectWrite, Router, TrafficIntent, Verification } from '../router.ts'
import { canaryMappingName, canaryMappingSpec, newCanaryMapping, serviceOf } from './canary-mapping.ts'

type Spec = DeepReadonly<AmbassadorRouting>
type Live = DeepReadonly<Mapping>

const at = 'spec.strategy.canary.trafficRouting.ambassador.mappings'

/** One Mapping that a spec names, and its canary copy. */
interface Pair {
  readonly stable: Live | undefined
  readonly canary: Live | undefined
  readonly canaryRef: ObjectRef
}

const refTo = (resource: Resource, name: string, { metadata }: DeepReadonly<Rollout>): ObjectRef => ({
  resource,
  namespace: metadata.namespace ?? '',
  name,
})

// The API server holds Mappings to the product's own schema, of which our type is a part.
const mappingIn = (known: KnownObjects, ref: ObjectRef): Live | undefined =>
  known.get(ref) as unknown as Live | undefined

const pairOf = (resource: Resource, name: string, rollout: DeepReadonly<Rollout>, known: KnownObjects): Pair => {
  const canaryRef = refTo(resource, canaryMappingName(name), rollout)
  return {
    stable: mappingIn(known, refTo(resource, name, rollout)),
    canary: mappingIn(known, canaryRef),
    canaryRef,
  }
}

/** One that nobody controls was left by the published controller, which gives its copies no owner. */
const isForeign = (mapping: Live, rollout: DeepReadonly<Rollout>): boolean =>
  controllerOf(mapping.metadata) !== undefined && !isOwnedBy(mapping, rollout)

const faultsOf = (
  { stable, canary, canaryRef }: Pair,
  name: string,
  field: string,
  rollout: DeepReadonly<Rollout>,
): readonly FieldError[] => {
  const { plural, group } = canaryRef.resource
  if (stable === undefined) return [invalid(field, name, `${plural}.${group} "${name}" not found`)]
  const service = rollout.spec.strategy?.canary?.stableService ?? ''
  const details = [
    ...(stable.spec.weight ? [`Ambassador mapping "${name}" can not define weight`] : []),
    ...(serviceOf(stable) === service
      ? []
      : [`Ambassador mapping "${name}" does not lead to the stable Service "${service}"`]),
    ...(canary !== undefined && isForeign(canary, rollout)
      ? [`canary mapping "${canaryRef.name}" controlled by different object`]
      : []),
  ]
  return details.map((detail) => invalid(field, name, detail))
}

const updateOf = (
  canary: Live,
  ref: ObjectRef,
  wanted: DeepReadonly<Mapping['spec']>,
  why: string,
  rollout: DeepReadonly<Rollout>,
): readonly ObjectWrite[] => {
  const isOurs = isOwnedBy(canary, rollout)
  const gone = Object.keys(canary.spec).filter((key) => !(key in wanted))
  const isSame = equalJson(canary.spec, wanted)
  if (isOurs && isSame) return []
  const patch = {
    metadata: {
      resourceVersion: canary.metadata.resourceVersion,
      ...(!isOurs && {
        ownerReferences: [...(canary.metadata.ownerReferences ?? []), ownerReferenceTo('Rollout', rollout)],
      }),
    },
    ...(!isSame && { spec: { ...Object.fromEntries(gone.map((key) => [key, null])), ...wanted } }),
  }
  return [{ type: 'patch', ref, patch: cloneJson(patch) as unknown as JsonObject, why }]
}

/**
 * Without a share there is no copy until there was one: then it stays with weight 0 for as long as the Rollout names its
 * Mapping, since to delete it at once would cut off requests that are under way. (The published controller waits 5 s, in
 * which it does nothing else, and deletes it.)
 */
const writesOf = (
  { stable, canary, canaryRef: ref }: Pair,
  intent: TrafficIntent,
  rollout: DeepReadonly<Rollout>,
): readonly ObjectWrite[] => {
  if (stable === undefined) return []
  const spec = canaryMappingSpec(stable, intent)
  const why = `${intent.canary.weight} of ${intent.maxWeight} to ${intent.canary.serviceName}`
  if (canary !== undefined) return isForeign(canary, rollout) ? [] : updateOf(canary, ref, spec, why, rollout)
  if (intent.canary.weight === 0) return []
  return [
    { type: 'create', ref, object: cloneJson(newCanaryMapping(stable, spec, rollout)) as unknown as JsonObject, why },
  ]
}

/**
 * Keeps a canary copy of each Mapping of Ambassador (Emissary), with the weight of the canary; the Mapping, which gets the
 * rest, is only read. Copies belong to the Rollout.
 */
export const ambassadorRouter = (resource: Resource): Router<Spec> => {
  const writes = (intent: TrafficIntent, { mappings }: Spec, rollout: DeepReadonly<Rollout>, known: KnownObjects) =>
    mappings.flatMap((name) => writesOf(pairOf(resource, name, rollout, known), intent, rollout))
  return {
    name: 'ambassador',
    abilities: [],
    resources: [resource],
    refs: ({ mappings }, rollout) =>
      mappings.flatMap((name) => [refTo(resource, name, rollout), refTo(resource, canaryMappingName(name), rollout)]),
    validate: ({ mappings }, rollout, known) => [
      ...(mappings.length === 0 ? [invalid(at, mappings, 'must provide at least one mapping')] : []),
      ...mappings.flatMap((name, index) =>
        faultsOf(pairOf(resource, name, rollout, known), name, `${at}[${index}]`, rollout),
      ),
    ],
    desire: writes,
    leave: (_intent, { mappings }, rollout, known) =>
      mappings.flatMap((name): readonly ObjectWrite[] => {
        const { canary, canaryRef: ref } = pairOf(resource, name, rollout, known)
        if (canary === undefined || !isOwnedBy(canary, rollout)) return []
        return [{ type: 'delete', ref, uid: canary.metadata.uid, why: 'the Rollout no longer names its Mapping' }]
      }),
    // Ambassador's status of a Mapping tells whether it was read once, and not which version of it.
    verify: (intent, spec, rollout, known): Verification =>
      writes(intent, spec, rollout, known).length === 0
        ? { state: 'not-verifiable' }
        : { state: 'pending', why: 'a canary Mapping does not have the weight yet' },
  }
}
