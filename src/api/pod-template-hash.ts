import { encodeAsGo, type GoField, type GoTypes } from '../lib/go-json.ts'
import { canaryStepFields } from './schema/canary-step-fields.ts'
import podTemplateFields from './schema/pod-template-fields.json' with { type: 'json' }

/** Go structs of a pod template, read off k8s.io/api (see scripts/pod-template-fields). */
export const podTemplateTypes: GoTypes = Object.fromEntries(
  Object.entries(podTemplateFields).map(([name, fields]) => [
    name,
    fields.map(([field = '', type = '', omission = '']): GoField => [field, type, omission]),
  ]),
)

const fnvOffset = 0x811c9dc5
const fnvPrime = 0x01000193

/** 32-bit FNV-1a (draft-eastlake-fnv), continuing from `from`. */
const fnv1a = (bytes: Uint8Array, from = fnvOffset): number => {
  let hash = from
  for (const byte of bytes) hash = Math.imul(hash ^ byte, fnvPrime) >>> 0
  return hash
}

/** No vowels and no look-alikes, so that no hash spells a word (k8s.io/apimachinery, `rand.SafeEncodeString`). */
const safeAlphabet = 'bcdfghjklmnpqrstvwxz2456789'

const safeEncode = (text: string): string =>
  Array.from(text, (character) => safeAlphabet[character.charCodeAt(0) % safeAlphabet.length]).join('')

const collisionBytes = (collisionCount: number): Uint8Array => {
  // Eight bytes of which the count fills four: what the published implementation feeds its hash.
  const bytes = new DataView(new ArrayBuffer(8))
  bytes.setUint32(0, collisionCount >>> 0, true)
  return new Uint8Array(bytes.buffer)
}

const hashOf = (types: GoTypes, type: string, value: unknown, collisionCount?: number): string => {
  const hash = fnv1a(Buffer.from(encodeAsGo(types, type, value)))
  return safeEncode(String(collisionCount === undefined ? hash : fnv1a(collisionBytes(collisionCount), hash)))
}

/**
 * The value of the label `rollouts-pod-template-hash` and the suffix of a ReplicaSet's name: the hash that Argo Rollouts
 * v1.9 and later give the same template, so that either controller finds the other's ReplicaSets by name.
 * `template` is the Rollout's own, before ephemeral metadata and anti-affinity are added. A `collisionCount` of 0 is not
 * the same as none.
 */
export const podTemplateHash = (template: unknown, collisionCount?: number | null): string =>
  hashOf(podTemplateTypes, '#PodTemplateSpec', template, collisionCount ?? undefined)

/**
 * `status.currentStepHash`: changes when the canary steps do. Absent steps hash differently from an empty list, as in
 * the published implementation.
 */
export const stepsHash = (steps: unknown): string => hashOf(canaryStepFields, '[]#CanaryStep', steps)
