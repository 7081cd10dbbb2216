import { notSupported } from '../../../api/field-error.ts'
import { podTemplateErrors } from '../../../api/validation/pod-template/pod-template.ts'
import type { JsonObject } from '../../../lib/json.ts'
import { objectOr, stringOr } from '../../../lib/json-value.ts'
import type { InvalidField } from '../status-error.ts'

/** The rules for templates whose pods run for ever: ReplicaSets, Deployments and their like. */
export const runningPodErrors = (template: unknown, field: string): readonly InvalidField[] =>
  podTemplateErrors(objectOr(template), field)

/** What only templates of running pods must not say. */
const isRunningOnly = (error: InvalidField, field: string): boolean =>
  error.field === `${field}.spec.restartPolicy` ||
  (error.field === `${field}.spec.activeDeadlineSeconds` && error.type === 'Forbidden')

/** The rules for any pod. `policies` are the restart policies that are allowed. */
export const anyPodErrors = (
  template: JsonObject,
  field: string,
  policies: readonly string[],
): readonly InvalidField[] => {
  const errors = podTemplateErrors(template, field).filter((error) => !isRunningOnly(error, field))
  const policy = stringOr(objectOr(template.spec).restartPolicy) ?? ''
  return policies.includes(policy) ? errors : [...errors, notSupported(`${field}.spec.restartPolicy`, policy, policies)]
}
