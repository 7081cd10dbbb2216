import type { DeepReadonly, JsonObject } from '../lib/json.ts'
import { cloneJson, isJsonObject, listOr, objectOr } from '../lib/json-value.ts'
import type { PodTemplateSpec } from './kubernetes/pod.ts'
import type { ReplicaSet } from './kubernetes/workloads.ts'
import { ephemeralMetadataAnnotation, podTemplateHashLabel } from './labels.ts'

/** What the annotation of a ReplicaSet says was added to its pods; an unreadable one says nothing. */
const recordedMetadata = (annotation: string | undefined): JsonObject => {
  try {
    return objectOr(JSON.parse(annotation ?? '{}'))
  } catch {
    return {}
  }
}

const without = (map: DeepReadonly<Record<string, string>> | undefined, keys: readonly string[]) =>
  Object.fromEntries(Object.entries(map ?? {}).filter(([key]) => !keys.includes(key)))

/** A term that keeps pods away from those of another revision: only a controller writes such a one. */
const isInjected = (term: unknown): boolean => {
  const inner = objectOr(objectOr(term).podAffinityTerm ?? term)
  return listOr(objectOr(inner.labelSelector).matchExpressions).some(
    (expression) => isJsonObject(expression) && expression.key === podTemplateHashLabel,
  )
}

/** Members that are an empty object or list after something was taken out of them go too. */
const pruned = (value: JsonObject): JsonObject | undefined => (Object.keys(value).length === 0 ? undefined : value)

const ownAffinity = (affinity: JsonObject): JsonObject | undefined => {
  if (!isJsonObject(affinity.podAntiAffinity)) return affinity
  const lists = Object.entries(affinity.podAntiAffinity)
  if (!lists.some(([, terms]) => listOr(terms).some(isInjected))) return affinity
  const kept = lists
    .map(([kind, terms]) => [kind, listOr(terms).filter((term) => !isInjected(term))] as const)
    .filter(([, terms]) => terms.length > 0)
  const { podAntiAffinity: _, ...others } = affinity
  const podAntiAffinity = pruned(Object.fromEntries(kept))
  return pruned({ ...others, ...(podAntiAffinity && { podAntiAffinity }) })
}

/**
 * The pod template that a revision was made from: that of its ReplicaSet without what the controller added to it, which
 * is the hash label, ephemeral metadata and anti-affinity. A value of the user's own that ephemeral metadata had replaced
 * is lost, since nothing records it.
 */
export const templateOfRevision = ({ metadata, spec }: DeepReadonly<ReplicaSet>): PodTemplateSpec => {
  // The copy is what makes the template ours to change.
  const template = cloneJson(spec.template) as PodTemplateSpec
  const recorded = recordedMetadata(metadata.annotations?.[ephemeralMetadataAnnotation])
  const labels = without(template.metadata?.labels, [podTemplateHashLabel, ...Object.keys(objectOr(recorded.labels))])
  const annotations = without(template.metadata?.annotations, Object.keys(objectOr(recorded.annotations)))
  const { annotations: _, ...otherMetadata } = template.metadata ?? {}
  const { affinity, ...pod } = template.spec ?? { containers: [] }
  const own = affinity && ownAffinity(affinity)
  return {
    ...template,
    metadata: { ...otherMetadata, labels, ...(Object.keys(annotations).length > 0 && { annotations }) },
    spec: { ...pod, ...(own && { affinity: own }) },
  }
}
