import { type AnalysisRun, type AnalysisRunStatus, parseAnalysisRun } from '../api/analysis-run.ts'
import { formatFieldError } from '../api/field-error.ts'
import { controllerOf } from '../api/kubernetes/ownership.ts'
import { instanceIdLabel } from '../api/labels.ts'
import { analysisRuns } from '../api/resources.ts'
import type { StoredObject } from '../kube/informer.ts'
import { rawView } from '../kube/informer-factory.ts'
import type { InformerDefinition } from '../kube/shared-informer.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { objectOr } from '../lib/json-value.ts'

/** Which objects a controller serves. */
export interface ServedScope {
  /** One namespace; undefined for all. */
  readonly namespace?: string | undefined
  /** Instance id; empty for the controller without one. */
  readonly instanceId: string
}

/** Selects the objects of one controller where several share a cluster. */
export const instanceSelector = (instanceId: string): string =>
  instanceId === '' ? `!${instanceIdLabel}` : `${instanceIdLabel}=${instanceId}`

/** The cache of the AnalysisRuns that this controller serves, as raw JSON: a malformed one must be seen to be reported. */
export const analysisRunCache = ({ namespace, instanceId }: ServedScope): InformerDefinition<StoredObject> => ({
  resource: analysisRuns,
  ...(namespace !== undefined && { namespace }),
  labelSelector: instanceSelector(instanceId),
  view: rawView,
})

/** A run that has the shape of its kind, or its status and what is wrong with the rest. */
export type ReadRun =
  | { readonly ok: true; readonly run: DeepReadonly<AnalysisRun> }
  | { readonly ok: false; readonly status: DeepReadonly<AnalysisRunStatus> | undefined; readonly message: string }

const known = new WeakMap<object, ReadRun>()

const parse = (object: DeepReadonly<StoredObject>): ReadRun => {
  const parsed = parseAnalysisRun(object)
  if (parsed.ok) return { ok: true, run: parsed.value }
  // Whatever else is wrong with it, it is kept as it is; only the phase is read.
  const { phase, ...rest } = objectOr(object.status)
  const status = typeof phase === 'string' ? ({ ...rest, phase } as DeepReadonly<AnalysisRunStatus>) : undefined
  return { ok: false, status, message: `Analysis spec invalid: ${parsed.errors.map(formatFieldError).join('; ')}` }
}

/** Reads a cached run, once for each of its versions. */
export const readRun = (object: DeepReadonly<StoredObject>): ReadRun => {
  const before = known.get(object)
  if (before !== undefined) return before
  const read = parse(object)
  known.set(object, read)
  return read
}

/** Index function: runs by the uid of the object that controls them. */
export const runsByController = (object: DeepReadonly<StoredObject>): readonly string[] => {
  const read = readRun(object)
  return read.ok ? [controllerOf(read.run.metadata) ?? ''] : []
}
