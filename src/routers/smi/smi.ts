import { type FieldError, invalid } from '../../api/field-error.ts'
import type { TrafficSplit } from '../../api/kubernetes/traffic-split.ts'
import { trafficSplits } from '../../api/resources.ts'
import type { Rollout } from '../../api/rollout.ts'
import type { SmiRouting } from '../../api/routers/smi.ts'
import type { DeepReadonly, JsonObject } from '../../lib/json.ts'
import { isOwnedBy } from '../owned-objects.ts'
import type { KnownObjects, ObjectRef, ObjectWrite, Router, TrafficIntent } from '../router.ts'
import type { TrafficSplitVersion } from '../router-versions.ts'
import { newSplit, says, splitSpec } from './traffic-split.ts'

type Spec = DeepReadonly<SmiRouting>

const refOf = (spec: Spec, { metadata }: DeepReadonly<Rollout>, version: TrafficSplitVersion): ObjectRef => ({
  resource: trafficSplits[version],
  namespace: metadata.namespace ?? '',
  name: spec.trafficSplitName || metadata.name,
})

// The API server holds TrafficSplits to the mesh's own schema, of which our type is a part.
const splitIn = (known: KnownObjects, ref: ObjectRef): DeepReadonly<TrafficSplit> | undefined =>
  known.get(ref) as unknown as DeepReadonly<TrafficSplit> | undefined

const faultsOf = (live: DeepReadonly<TrafficSplit> | undefined, rollout: DeepReadonly<Rollout>): FieldError[] => {
  if (live === undefined || isOwnedBy(live, rollout)) return []
  const { name } = live.metadata
  const field = 'spec.strategy.canary.trafficRouting.smi.trafficSplitName'
  return [invalid(field, name, `Rollout does not own TrafficSplit \`${name}\``)]
}

const whyOf = ({ canary, additional, maxWeight }: TrafficIntent): string =>
  [canary, ...additional].map(({ weight, serviceName }) => `${weight} of ${maxWeight} to ${serviceName}`).join(', ')

const writesOf = (
  intent: TrafficIntent,
  spec: Spec,
  rollout: DeepReadonly<Rollout>,
  known: KnownObjects,
  version: TrafficSplitVersion,
): readonly ObjectWrite[] => {
  const ref = refOf(spec, rollout, version)
  const live = splitIn(known, ref)
  const wanted = splitSpec(intent, spec, version)
  const why = whyOf(intent)
  if (live === undefined) {
    const object = newSplit(ref.name, wanted, rollout, version) as unknown as JsonObject
    return [{ type: 'create', ref, object, why }]
  }
  if (!isOwnedBy(live, rollout) || says(live, wanted)) return []
  const patch = { metadata: { resourceVersion: live.metadata.resourceVersion }, spec: wanted }
  return [{ type: 'patch', ref, patch: patch as unknown as JsonObject, why }]
}

/**
 * Keeps a TrafficSplit of the Service Mesh Interface, in the version that the mesh serves. It belongs to the Rollout; one
 * that belongs to somebody else is not touched. Other fields of it, such as `matches`, stay as they are.
 */
export const smiRouter = (version: TrafficSplitVersion): Router<Spec> => ({
  name: 'smi',
  // Weights of a TrafficSplit are relative to each other (Traffic Split specification), so any total does.
  abilities: ['additional-destinations', 'weights-beyond-100'],
  resources: [trafficSplits[version]],
  refs: (spec, rollout) => [refOf(spec, rollout, version)],
  validate: (spec, rollout, known) => faultsOf(splitIn(known, refOf(spec, rollout, version)), rollout),
  desire: (intent, spec, rollout, known) => writesOf(intent, spec, rollout, known, version),
  leave: (_intent, spec, rollout, known) => {
    const ref = refOf(spec, rollout, version)
    const live = splitIn(known, ref)
    if (live === undefined || !isOwnedBy(live, rollout)) return []
    return [{ type: 'delete', ref, uid: live.metadata.uid, why: 'the Rollout no longer routes by it' }]
  },
  // The Service Mesh Interface has no status by which a mesh would tell what it has taken over.
  verify: () => ({ state: 'not-verifiable' }),
})
