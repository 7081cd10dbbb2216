import { ephemeralMetadataAnnotation, podTemplateHashLabel } from '../../../api/labels.ts'
import { samePodTemplate } from '../../../api/pod-template-equality.ts'
import type { DeepReadonly, JsonObject } from '../../../lib/json.ts'
import { isInjectedTerm } from '../../anti-affinity.ts'
import { readEphemeralMetadata } from '../../ephemeral-metadata.ts'
import type { WorkingReplicaSet } from '../../working-replica-set.ts'

const compare = (set: WorkingReplicaSet, template: DeepReadonly<JsonObject>): boolean => {
  const { labels = {}, annotations = {} } = readEphemeralMetadata(set.annotation(ephemeralMetadataAnnotation))
  return samePodTemplate(set.original.spec.template as unknown as JsonObject, template, {
    labels: [podTemplateHashLabel],
    metadata: { labels, annotations },
    isInjectedTerm,
  })
}

/** Comparing is most of the work of a pass that decides nothing, and both sides are the same objects in most passes. */
const compared = new WeakMap<
  object,
  WeakMap<object, { readonly recorded: string | undefined; readonly same: boolean }>
>()

/** Whether the pods of a ReplicaSet are made from this template, apart from what a controller adds to it. */
const runsTemplate = (set: WorkingReplicaSet, template: DeepReadonly<JsonObject>): boolean => {
  const known = compared.get(template) ?? new WeakMap<object, { recorded: string | undefined; same: boolean }>()
  compared.set(template, known)
  const recorded = set.annotation(ephemeralMetadataAnnotation)
  const before = known.get(set.original.spec.template)
  if (before !== undefined && before.recorded === recorded) return before.same
  const same = compare(set, template)
  known.set(set.original.spec.template, { recorded, same })
  return same
}

/**
 * The ReplicaSet that runs the template of a Rollout: the one with the hash of our own, else the oldest whose template
 * means the same. The hash alone proves nothing, since another version of a controller computed it from other bytes, or
 * somebody changed the ReplicaSet since: a template that differs is never taken.
 */
export const findNewReplicaSet = (
  sets: readonly WorkingReplicaSet[],
  template: DeepReadonly<JsonObject>,
  hash: string,
): WorkingReplicaSet | undefined =>
  sets.find((set) => set.hash === hash && runsTemplate(set, template)) ??
  sets.find((set) => runsTemplate(set, template))
