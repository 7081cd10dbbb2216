import { encodeAsGo } from '../lib/go-json.ts'
import type { DeepReadonly, Json, JsonObject } from '../lib/json.ts'
import { sameQuantity } from '../lib/quantity.ts'
import { withPodTemplateDefaults } from './pod-template-defaults.ts'
import { podTemplateTypes } from './pod-template-hash.ts'

/** What a controller put into a ReplicaSet's template that is not the user's: it must not make a template a different one. */
export interface Injected {
  /** Labels whose value does not count, such as the pod-template hash. */
  readonly labels?: readonly string[]
  /** Ephemeral metadata recorded on the ReplicaSet: these labels and annotations do not count on the live side. */
  readonly metadata?: {
    readonly labels?: DeepReadonly<Record<string, string>>
    readonly annotations?: DeepReadonly<Record<string, string>>
  }
  /** Whether a pod anti-affinity term is one that a controller injected. */
  readonly isInjectedTerm?: (term: JsonObject) => boolean
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const without = (map: Json | undefined, keys: readonly string[]): JsonObject =>
  isObject(map) ? Object.fromEntries(Object.entries(map).filter(([key]) => !keys.includes(key))) : {}

const prune = (value: JsonObject): JsonObject | undefined =>
  Object.values(value).some((member) => member !== undefined) ? value : undefined

const weightedTerm = (term: JsonObject): JsonObject => (isObject(term.podAffinityTerm) ? term.podAffinityTerm : term)

const withoutInjectedTerms = (spec: JsonObject, isInjected: (term: JsonObject) => boolean): JsonObject => {
  const affinity = isObject(spec.affinity) ? spec.affinity : undefined
  const podAntiAffinity = isObject(affinity?.podAntiAffinity) ? affinity.podAntiAffinity : undefined
  if (affinity === undefined || podAntiAffinity === undefined) return spec
  const kept: JsonObject = {}
  for (const [kind, terms] of Object.entries(podAntiAffinity)) {
    const rest = Array.isArray(terms)
      ? terms.filter((term) => !isObject(term) || !isInjected(weightedTerm(term)))
      : terms
    kept[kind] = Array.isArray(rest) && rest.length === 0 ? undefined : rest
  }
  return { ...spec, affinity: prune({ ...affinity, podAntiAffinity: prune(kept) }) }
}

const usersPart = (template: JsonObject, injected: Injected): JsonObject => {
  const metadata = isObject(template.metadata) ? template.metadata : {}
  const spec = isObject(template.spec) ? template.spec : {}
  const labels = [...(injected.labels ?? []), ...Object.keys(injected.metadata?.labels ?? {})]
  // `serviceAccount` is the deprecated twin that the server fills from serviceAccountName.
  const { serviceAccount, ...current } = spec
  const named = current.serviceAccountName === undefined && serviceAccount !== undefined
  const whole = named ? { ...current, serviceAccountName: serviceAccount } : current
  return {
    metadata: {
      labels: without(metadata.labels, labels),
      annotations: without(metadata.annotations, Object.keys(injected.metadata?.annotations ?? {})),
    },
    spec: injected.isInjectedTerm === undefined ? whole : withoutInjectedTerms(whole, injected.isInjectedTerm),
  }
}

const quantityFields = new Set(['limits', 'requests', 'overhead', 'sizeLimit', 'divisor'])

/** Two canonical encodings, equal but for the spelling of amounts. */
const sameJson = (left: Json | undefined, right: Json | undefined, isQuantity = false): boolean => {
  if (left === right) return true
  if (isQuantity && typeof left === 'string' && typeof right === 'string') return sameQuantity(left, right)
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, index) => sameJson(item, right[index], isQuantity))
  }
  if (!isObject(left) || !isObject(right)) return false
  const keys = new Set([...Object.keys(left), ...Object.keys(right)])
  return [...keys].every((key) => sameJson(left[key], right[key], isQuantity || quantityFields.has(key)))
}

const canonical = (template: JsonObject): Json =>
  JSON.parse(encodeAsGo(podTemplateTypes, '#PodTemplateSpec', withPodTemplateDefaults(template))) as Json

/**
 * Whether the template of a live ReplicaSet is the template that a Rollout asks for: raw equality first, then equality
 * after the server's own defaulting of both, whatever the order of keys, removed nulls or the spelling of an amount.
 * `injected` names what a controller added to the live side. A changed image or environment value is never equal.
 */
export const samePodTemplate = (
  live: DeepReadonly<JsonObject>,
  desired: DeepReadonly<JsonObject>,
  injected: Injected = {},
): boolean => {
  const [liveUser, desiredUser] = [
    usersPart(live as JsonObject, injected),
    usersPart(desired as JsonObject, { labels: injected.labels ?? [] }),
  ]
  return sameJson(liveUser, desiredUser) || sameJson(canonical(liveUser), canonical(desiredUser))
}
