import type { AntiAffinity } from '../api/anti-affinity.ts'
import { podTemplateHashLabel } from '../api/labels.ts'
import type { RolloutStrategy } from '../api/rollout-spec.ts'
import type { DeepReadonly, Json, JsonObject } from '../lib/json.ts'
import { isJsonObject, listOr, objectOr } from '../lib/json-value.ts'

const topologyKey = 'kubernetes.io/hostname'

const required = 'requiredDuringSchedulingIgnoredDuringExecution'
const preferred = 'preferredDuringSchedulingIgnoredDuringExecution'

/** Whether an affinity term is one that a Rollout controller puts there: it selects pods by their revision. */
export const isInjectedTerm = (term: JsonObject): boolean =>
  listOr(objectOr(term.labelSelector).matchExpressions).some(
    (expression) => isJsonObject(expression) && expression.key === podTemplateHashLabel,
  )

const termFor = (stableHash: string, namespace: string): JsonObject => ({
  labelSelector: { matchExpressions: [{ key: podTemplateHashLabel, operator: 'In', values: [stableHash] }] },
  namespaces: [namespace],
  topologyKey,
})

const own = (terms: Json | undefined): Json[] =>
  listOr(terms).filter((term) => {
    const inner = isJsonObject(term) && isJsonObject(term.podAffinityTerm) ? term.podAffinityTerm : term
    return !isJsonObject(inner) || !isInjectedTerm(inner)
  })

const withTerm = (podAntiAffinity: JsonObject, key: string, term: Json | undefined): JsonObject => {
  const terms = [...own(podAntiAffinity[key]), ...(term === undefined ? [] : [term])]
  const { [key]: _, ...others } = podAntiAffinity
  return terms.length === 0 ? others : { ...others, [key]: terms }
}

/** What the strategy says about anti-affinity. */
export const antiAffinityOf = (
  strategy: DeepReadonly<RolloutStrategy> | undefined,
): DeepReadonly<AntiAffinity> | undefined => strategy?.blueGreen?.antiAffinity ?? strategy?.canary?.antiAffinity

/**
 * The affinity of the pods of a new revision: that of the template, and a term that keeps them away from nodes with pods
 * of the stable revision, while there is another stable one. `undefined` for none at all.
 */
export const affinityWith = (
  templateAffinity: DeepReadonly<JsonObject> | undefined,
  wish: DeepReadonly<AntiAffinity> | undefined,
  stableHash: string | undefined,
  namespace: string,
): JsonObject | undefined => {
  const affinity = objectOr(templateAffinity)
  const term = wish === undefined || stableHash === undefined ? undefined : termFor(stableHash, namespace)
  const weight = wish?.preferredDuringSchedulingIgnoredDuringExecution?.weight
  const weighted = term === undefined || weight === undefined ? undefined : { podAffinityTerm: term, weight }
  const hard = wish?.requiredDuringSchedulingIgnoredDuringExecution === undefined ? undefined : term
  const podAntiAffinity = withTerm(withTerm(objectOr(affinity.podAntiAffinity), required, hard), preferred, weighted)
  const { podAntiAffinity: _, ...others } = affinity
  const whole = Object.keys(podAntiAffinity).length === 0 ? others : { ...others, podAntiAffinity }
  return Object.keys(whole).length === 0 ? undefined : whole
}
