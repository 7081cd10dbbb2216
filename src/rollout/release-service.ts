import type { Service } from '../api/kubernetes/service.ts'
import { managedByAnnotation, podTemplateHashLabel } from '../api/labels.ts'
import type { DeepReadonly, JsonObject } from '../lib/json.ts'

/**
 * The merge patch that gives a Service back: it selects the pods of any revision again. `undefined` when it
 * does already. The published controller leaves the hash in the selector of a Service without the annotation.
 */
export const releasePatch = ({ metadata, spec }: DeepReadonly<Service>): JsonObject | undefined => {
  if (spec.selector?.[podTemplateHashLabel] === undefined) return undefined
  const isManaged = metadata.annotations?.[managedByAnnotation] !== undefined
  return {
    ...(isManaged && { metadata: { annotations: { [managedByAnnotation]: null } } }),
    spec: { selector: { [podTemplateHashLabel]: null } },
  }
}
