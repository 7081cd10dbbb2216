import { podTemplateHash, stepsHash } from '../api/pod-template-hash.ts'

const templateHashes = new WeakMap<object, Map<number | undefined, string>>()
const stepHashes = new WeakMap<object, string>()

const none = {}

/** {@link podTemplateHash}, computed once for each version of a Rollout. */
export const knownTemplateHash = (template: object, collisionCount: number | undefined): string => {
  const known = templateHashes.get(template) ?? new Map<number | undefined, string>()
  templateHashes.set(template, known)
  const hash = known.get(collisionCount) ?? podTemplateHash(template, collisionCount)
  known.set(collisionCount, hash)
  return hash
}

/**
 * {@link stepsHash}, computed once for each version of a Rollout. An empty list is no steps at all, as in the status that the
 * published controller writes, which drops empty lists before it looks at a spec.
 */
export const knownStepsHash = (steps: readonly object[] | undefined): string => {
  const key = steps ?? none
  const hash = stepHashes.get(key) ?? stepsHash(steps?.length === 0 ? undefined : steps)
  stepHashes.set(key, hash)
  return hash
}
