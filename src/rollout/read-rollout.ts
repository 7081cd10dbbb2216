import type { FieldError } from '../api/field-error.ts'
import { parseRollout, type Rollout } from '../api/rollout.ts'
import { type RolloutStatus, rolloutStatus } from '../api/rollout-status.ts'
import { validateRollout } from '../api/validation/rollout.ts'
import { routerPluginErrors } from '../api/validation/router-plugins.ts'
import type { StoredObject } from '../kube/informer.ts'
import type { DeepReadonly, JsonObject } from '../lib/json.ts'
import { isJsonObject, objectOr } from '../lib/json-value.ts'

/** A Rollout of a cache, and what is wrong with it regardless of everything else. */
export interface ReadRollout {
  /** Where the object has not the shape of its kind, its spec is empty here. */
  readonly rollout: DeepReadonly<Rollout>
  readonly faults: readonly FieldError[]
}

const fields: Readonly<Record<string, { safeParse(value: unknown): { success: boolean } }>> = rolloutStatus.shape

/** The status without the fields that have not their shape: what is left of it is still true. */
const readableStatus = (status: unknown): RolloutStatus =>
  Object.fromEntries(
    Object.entries(objectOr(status)).filter(([key, value]) => fields[key]?.safeParse(value).success ?? true),
  )

/** Specs that have the shape of their kind, with what is wrong with them: a cache keeps a spec as long as it is the same. */
const knownSpecs = new WeakMap<
  object,
  Pick<DeepReadonly<Rollout>, 'spec'> & { readonly faults: readonly FieldError[] }
>()

/** A template beside a reference to one is found before all else, and told by its detail alone (as the published controller does). */
const asResolved = (faults: readonly FieldError[]): readonly FieldError[] => {
  const isOfTemplate = ({ type, field }: FieldError): boolean => type === 'Internal' && field === 'spec.template'
  const first = faults.filter(isOfTemplate).map((fault): FieldError => ({ ...fault, type: 'Unresolved' }))
  return first.length === 0 ? faults : [...first, ...faults.filter((fault) => !isOfTemplate(fault))]
}

const read = (object: DeepReadonly<StoredObject>): ReadRollout => {
  const status = readableStatus(object.status)
  const spec = object.spec as object | undefined
  const before = spec && knownSpecs.get(spec)
  const parsed = parseRollout({ ...object, spec: before === undefined ? spec : {}, status: {} })
  if (!parsed.ok) return { rollout: withoutSpec(object.metadata, status), faults: parsed.errors }
  if (before !== undefined) return { rollout: { ...parsed.value, spec: before.spec, status }, faults: before.faults }
  const rollout = { ...parsed.value, status }
  const faults = asResolved([...validateRollout(rollout), ...routerPluginErrors(rollout)])
  if (spec !== undefined) knownSpecs.set(spec, { spec: parsed.value.spec, faults })
  return { rollout, faults }
}

const withoutSpec = (
  metadata: DeepReadonly<StoredObject['metadata']>,
  status: RolloutStatus,
): DeepReadonly<Rollout> => {
  const { name, namespace, uid, resourceVersion, generation, creationTimestamp, deletionTimestamp } = metadata
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      uid,
      resourceVersion,
      ...(typeof generation === 'number' && { generation }),
      creationTimestamp: typeof creationTimestamp === 'string' ? creationTimestamp : '',
      ...(typeof deletionTimestamp === 'string' && { deletionTimestamp }),
    },
    spec: {},
    status,
  }
}

const known = new WeakMap<object, ReadRollout>()

/** Reads and validates a cached Rollout, once for each of its versions. */
export const readRollout = (object: DeepReadonly<StoredObject>): ReadRollout => {
  const before = known.get(object)
  if (before !== undefined) return before
  const result = read(object)
  known.set(object, result)
  return result
}

/** The status as it is stored, whatever its shape: what a patch of it must be made against. */
export const storedStatus = ({ status }: DeepReadonly<StoredObject>): DeepReadonly<JsonObject> =>
  isJsonObject(status) ? status : {}
