import { withPodTemplateDefaults } from '../../../api/pod-template-defaults.ts'
import { podTemplateTypes } from '../../../api/pod-template-hash.ts'
import { encodeAsGo } from '../../../lib/go-json.ts'
import type { JsonObject } from '../../../lib/json.ts'
import { objectOr } from '../../../lib/json-value.ts'

/** Templates that came out of here: writes that leave them alone need not do it again. */
const stored = new WeakSet<object>()

/**
 * A pod template as the server stores it: with its defaults, and in the form that Go gives it: canonical quantities, no empty
 * members, `resources` even when there are none.
 */
export const storedPodTemplate = (template: unknown): JsonObject => {
  const object = objectOr(template)
  if (stored.has(object)) return object
  const text = encodeAsGo(podTemplateTypes, '#PodTemplateSpec', withPodTemplateDefaults(object))
  const result: JsonObject = JSON.parse(text)
  stored.add(result)
  return result
}
