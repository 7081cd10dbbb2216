import * as z from 'zod'
import { type IstioSubset, istioSubset } from '../../api/kubernetes/istio.ts'
import { managedByAnnotation, podTemplateHashLabel } from '../../api/labels.ts'
import type { Rollout } from '../../api/rollout.ts'
import type { StoredObject } from '../../kube/informer.ts'
import type { DeepReadonly, JsonObject } from '../../lib/json.ts'
import { cloneJson, equalJson, objectOr } from '../../lib/json-value.ts'

type Subset = DeepReadonly<IstioSubset>
type Rule = DeepReadonly<StoredObject>

/** The revision that a subset is to select, by the subset's name; `undefined` for one that is to select none in particular. */
export type HashBySubset = ReadonlyMap<string, string | undefined>

const annotationsOf = ({ metadata }: Rule): Readonly<Record<string, unknown>> => objectOr(metadata.annotations)

/** The subsets of a DestinationRule; none where they have another shape than Istio's. */
export const subsetsOf = (rule: Rule): readonly Subset[] => {
  const parsed = z.array(istioSubset).safeParse(objectOr(rule.spec).subsets)
  return parsed.success ? parsed.data : []
}

/** Name of the Rollout that a DestinationRule works for. */
export const managerOf = (rule: Rule): string | undefined => {
  const name = annotationsOf(rule)[managedByAnnotation]
  return typeof name === 'string' ? name : undefined
}

const withHash = (subset: Subset, hash: string | undefined): Subset => {
  const { [podTemplateHashLabel]: present, ...labels } = subset.labels ?? {}
  if (present === hash) return subset
  return { ...subset, labels: { ...labels, ...(hash !== undefined && { [podTemplateHashLabel]: hash }) } }
}

/**
 * What makes the subsets of a DestinationRule select these revisions, as a JSON merge patch; `undefined` where they do. Other
 * subsets, and all else in these, stay. `manager` is the Rollout that the rule is marked with, null for none.
 */
export const destinationRulePatch = (
  rule: Rule,
  hashes: HashBySubset,
  manager: string | null,
): JsonObject | undefined => {
  const present = subsetsOf(rule)
  const subsets = present.map((subset) =>
    hashes.has(subset.name) ? withHash(subset, hashes.get(subset.name)) : subset,
  )
  const isSame = equalJson(subsets, present)
  const isMarked = (managerOf(rule) ?? null) === manager
  if (isSame && isMarked) return undefined
  return {
    metadata: {
      resourceVersion: rule.metadata.resourceVersion,
      ...(!isMarked && { annotations: { [managedByAnnotation]: manager } }),
    },
    ...(!isSame && { spec: objectOr(cloneJson({ subsets })) }),
  }
}

/** Whether a DestinationRule works for this Rollout. */
export const isManagedBy = (rule: Rule, rollout: DeepReadonly<Pick<Rollout, 'metadata'>>): boolean =>
  managerOf(rule) === rollout.metadata.name
