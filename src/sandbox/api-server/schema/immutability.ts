import type { Json, JsonObject } from '../../../lib/json.ts'
import { equalJson, isJsonObject } from '../../../lib/json-value.ts'
import type { InvalidField } from '../status-error.ts'
import { typeName } from './json-type.ts'
import type { Schema } from './schema.ts'
import { memberSchema } from './schema.ts'

const nodeErrors = (value: Json, before: Json, schema: Schema, path: string): readonly InvalidField[] => {
  if (equalJson(value, before)) return []
  const own = (schema['x-kubernetes-validations'] ?? [])
    .filter(({ rule }) => rule.replaceAll(/\s/g, '') === 'self==oldSelf')
    .map(({ rule, message }): InvalidField => {
      const detail = message ?? `failed rule: ${rule}`
      return { type: 'Invalid', field: path, badValue: typeName(value), detail }
    })
  if (!isJsonObject(value) || !isJsonObject(before)) return own
  const members = Object.entries(value).flatMap(([name, member]) => {
    const rules = memberSchema(schema, name)
    const old = before[name]
    if (rules === undefined || member === undefined || old === undefined) return []
    return nodeErrors(member, old, rules, path === '' ? name : `${path}.${name}`)
  })
  return [...own, ...members]
}

/**
 * The rules `self == oldSelf` of a CRD: a field that may not change once it is set. Other CEL rules are not evaluated: the
 * CRDs of this product have none.
 */
export const immutabilityErrors = (object: JsonObject, before: JsonObject, schema: Schema): readonly InvalidField[] =>
  nodeErrors(object, before, schema, '')

/** True when a schema has CEL rules anywhere, which the server does not check while other errors stand in the way. */
export const hasRules = (schema: Schema): boolean =>
  schema['x-kubernetes-validations'] !== undefined ||
  Object.values(schema.properties ?? {}).some(hasRules) ||
  (schema.items !== undefined && hasRules(schema.items)) ||
  (typeof schema.additionalProperties === 'object' && hasRules(schema.additionalProperties))
