import { instanceSelector, type ServedScope } from '../analysis/run-cache.ts'
import { type Experiment, type ExperimentStatus, experimentStatus, parseExperiment } from '../api/experiment.ts'
import { formatFieldError } from '../api/field-error.ts'
import { experiments } from '../api/resources.ts'
import { experimentFault, unpublishedExperimentFault } from '../api/validation/experiment.ts'
import type { StoredObject } from '../kube/informer.ts'
import { rawView } from '../kube/informer-factory.ts'
import type { InformerDefinition } from '../kube/shared-informer.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { objectOr } from '../lib/json-value.ts'

/** The cache of the Experiments that this controller serves, as raw JSON: a malformed one must be seen to be reported. */
export const experimentCache = ({ namespace, instanceId }: ServedScope): InformerDefinition<StoredObject> => ({
  resource: experiments,
  ...(namespace !== undefined && { namespace }),
  labelSelector: instanceSelector(instanceId),
  view: rawView,
})

/** An Experiment of a cache, and what is wrong with it regardless of everything else. */
export interface ReadExperiment {
  /** Where the spec has not its shape, it has no templates here. */
  readonly experiment: DeepReadonly<Experiment>
  /** The first fault of the spec, in a sentence. */
  readonly fault: string | undefined
}

const fields: Readonly<Record<string, { safeParse(value: unknown): { success: boolean } }>> = experimentStatus.shape

/** The status without the fields that have not their shape: what is left of it is still true. */
const readableStatus = (status: unknown): ExperimentStatus =>
  Object.fromEntries(
    Object.entries(objectOr(status)).filter(([key, value]) => fields[key]?.safeParse(value).success ?? true),
  )

const read = (object: DeepReadonly<StoredObject>): ReadExperiment => {
  const status = readableStatus(object.status)
  const parsed = parseExperiment({ ...object, status })
  if (parsed.ok) {
    return {
      experiment: parsed.value,
      fault: experimentFault(parsed.value) ?? unpublishedExperimentFault(parsed.value),
    }
  }
  const bare = { ...object, spec: { templates: [] }, status } as unknown as DeepReadonly<Experiment>
  return { experiment: bare, fault: parsed.errors.map(formatFieldError).join('; ') }
}

const known = new WeakMap<object, ReadExperiment>()

/** Reads and validates a cached Experiment, once for each of its versions. */
export const readExperiment = (object: DeepReadonly<StoredObject>): ReadExperiment => {
  const before = known.get(object)
  if (before !== undefined) return before
  const result = read(object)
  known.set(object, result)
  return result
}
