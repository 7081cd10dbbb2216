import { encodeAsGo } from '../../lib/go-json.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { type FieldError, invalid } from '../field-error.ts'
import { canaryStepFields } from '../schema/canary-step-fields.ts'
import type { StringMatch } from '../steps.ts'

const missing = 'StringMatch value missed, match value must have one of the following: exact, regex, prefix'
const several = 'StringMatch match value must have exactly one of the following: exact, regex, prefix'
const onlyExact = "SetHeaderRoute match value invalid. ALB supports 'exact' value only"

/** Faults of one comparison of a header or mirror route. `exactOnly` is how far AWS load balancers go. */
export const routeMatchErrors = (
  match: DeepReadonly<StringMatch> | undefined,
  field: string,
  exactOnly: boolean,
): readonly FieldError[] => {
  const value: unknown = JSON.parse(encodeAsGo(canaryStepFields, '*#StringMatch', match))
  const set = [match?.exact, match?.regex, match?.prefix].filter((text) => text !== undefined && text !== '')
  if (exactOnly) return set.length === 1 && match?.exact ? [] : [invalid(field, value, onlyExact)]
  if (set.length === 0) return [invalid(field, value, missing)]
  return set.length > 1 ? [invalid(field, value, several)] : []
}
