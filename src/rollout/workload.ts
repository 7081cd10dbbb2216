import type { LabelSelector } from '../api/kubernetes/label-selector.ts'
import type { PodTemplateSpec } from '../api/kubernetes/pod.ts'
import { scaledDownFromAnnotation, workloadGenerationAnnotation } from '../api/labels.ts'
import type { Rollout } from '../api/rollout.ts'
import { validateWorkloadTemplate } from '../api/validation/rollout.ts'
import type { StoredObject } from '../kube/informer.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { isJsonObject, objectOr } from '../lib/json-value.ts'
import type { ReadRollout } from './read-rollout.ts'

/** What a Rollout takes from the workload that it refers to. Nothing else of it is cached. */
export interface Workload {
  readonly metadata: { readonly namespace: string | undefined; readonly name: string; readonly uid: string }
  /** `metadata.generation` as annotations and the status have it. */
  readonly generation: string
  readonly template: PodTemplateSpec
  /** Absent for a PodTemplate, which has none. */
  readonly selector: LabelSelector | undefined
  /** `spec.replicas` of a Deployment or ReplicaSet. */
  readonly replicas: number
  /** How many replicas a Deployment had before a Rollout began to take its place; see {@link scaledDownFromAnnotation}. */
  readonly scaledDownFrom: number
}

/** The cache's view of a Deployment, ReplicaSet or PodTemplate. The API server has checked its shape. */
export const observeWorkload = (object: StoredObject): Workload => {
  const { metadata } = object
  const { namespace, name, uid, generation, annotations } = metadata
  const spec = objectOr(object.spec)
  const scaledDownFrom = Number(objectOr(annotations)[scaledDownFromAnnotation])
  return {
    metadata: { namespace, name, uid },
    generation: String(typeof generation === 'number' ? generation : 0),
    template: objectOr(object.template ?? spec.template) as PodTemplateSpec,
    selector: isJsonObject(spec.selector) ? (spec.selector as LabelSelector) : undefined,
    replicas: typeof spec.replicas === 'number' ? spec.replicas : 1,
    scaledDownFrom: Number.isInteger(scaledDownFrom) ? scaledDownFrom : 0,
  }
}

/** Whether a change of a workload concerns those who refer to it; that of a status does not. */
export const isSameWorkload = (one: DeepReadonly<Workload>, other: DeepReadonly<Workload>): boolean =>
  one.metadata.uid === other.metadata.uid &&
  one.generation === other.generation &&
  one.scaledDownFrom === other.scaledDownFrom

interface Resolved extends ReadRollout {
  readonly workload: DeepReadonly<Workload>
}

const known = new WeakMap<object, Resolved>()

/**
 * The Rollout as if it had the pod template of its workload itself, and its selector if it has none of its own. It exists
 * in memory only, and once for each pair of versions.
 */
export const resolveWorkload = (rollout: DeepReadonly<Rollout>, workload: DeepReadonly<Workload>): ReadRollout => {
  const before = known.get(rollout)
  if (before?.workload === workload) return before
  const { metadata, spec } = rollout
  const annotations = { ...metadata.annotations, [workloadGenerationAnnotation]: workload.generation }
  const selector = spec.selector ?? workload.selector
  const resolved: DeepReadonly<Rollout> = {
    ...rollout,
    metadata: { ...metadata, annotations },
    spec: { ...spec, template: workload.template, ...(selector && { selector }) },
  }
  const result = { rollout: resolved, faults: validateWorkloadTemplate(resolved.spec), workload }
  known.set(rollout, result)
  return result
}
