import type { JsonObject } from '../../../lib/json.ts'
import { isJsonObject } from '../../../lib/json-value.ts'
import type { Strategy } from '../objects/strategy.ts'
import type { ResourceType } from '../resources/resource-type.ts'
import { applySchemaDefaults } from '../schema/defaulting.ts'
import { hasRules, immutabilityErrors } from '../schema/immutability.ts'
import { validateBySchema } from '../schema/validate.ts'
import type { InvalidField } from '../status-error.ts'

/** Errors after which the server does not even try CEL rules, as their expressions could not be evaluated. */
const blocks = ({ type, wrongType }: InvalidField): boolean =>
  wrongType === true || type === 'Required' || type === 'NotSupported' || type === 'TooLong' || type === 'TooMany'

const rulesNotChecked: InvalidField = {
  type: 'Invalid',
  field: '<nil>',
  badValue: null,
  detail:
    'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
}

/** The scale subresource reads the replicas, so they must be a count whatever the schema says. */
const scaleErrors = (type: ResourceType, object: JsonObject): readonly InvalidField[] => {
  if (type.scale === undefined) return []
  const path = type.scale.specReplicas
  const value = path.reduce<unknown>((node, name) => (isJsonObject(node) ? node[name] : undefined), object)
  const field = `.${path.join('.')}`
  if (typeof value !== 'number' || value >= 0) return []
  return [{ type: 'Invalid', field, badValue: value, detail: 'should be a non-negative integer' }]
}

const validate = (type: ResourceType, object: JsonObject, before: JsonObject | undefined): readonly InvalidField[] => {
  const errors = [...validateBySchema(object, before, type.schema), ...scaleErrors(type, object)]
  if (errors.some(blocks)) return hasRules(type.schema) ? [...errors, rulesNotChecked] : errors
  return before === undefined ? errors : [...errors, ...immutabilityErrors(object, before, type.schema)]
}

/** What a custom kind does with its objects: everything follows from the schema of its CRD. */
export const customResourceStrategy = (type: ResourceType): Strategy => ({
  applyDefaults: (draft) => applySchemaDefaults(draft, type.schema),
  validate: (draft, before) => validate(type, draft, before),
})
