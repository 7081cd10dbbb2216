import type { Json, JsonObject } from '../../../lib/json.ts'
import { equalJson, isJsonObject } from '../../../lib/json-value.ts'
import type { InvalidField } from '../status-error.ts'
import { typeName } from './json-type.ts'
import { scalarErrors } from './scalar-rules.ts'
import type { Schema } from './schema.ts'
import { isIntOrString, itemSchema, memberSchema } from './schema.ts'

/** A value with what it replaces, and where it stands. */
interface Node {
  readonly value: Json
  readonly before: Json | undefined
  readonly schema: Schema
  readonly path: string
}

const join = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`)

const allowedTypes = (schema: Schema): readonly string[] => {
  if (isIntOrString(schema)) return ['integer', 'string']
  if (schema.type === undefined) return []
  return schema.type === 'number' ? ['number', 'integer'] : [schema.type]
}

const typeError = ({ value, schema, path }: Node): InvalidField | undefined => {
  const allowed = allowedTypes(schema)
  const actual = typeName(value)
  if (allowed.length === 0 || allowed.includes(actual) || (value === null && schema.nullable === true)) return undefined
  const expected = schema.type === 'number' ? 'number' : allowed.join(',')
  const detail = `${path} in body must be of type ${expected}: "${actual}"`
  return { type: 'Invalid', field: path, badValue: actual, detail, wrongType: true }
}

const requiredErrors = (object: JsonObject, schema: Schema, path: string): readonly InvalidField[] =>
  (schema.required ?? [])
    .filter((name) => object[name] === undefined)
    .map((name) => ({ type: 'Required', field: join(path, name), detail: '' }))

/** Where the whole object is meant, Kubernetes prints a missing path. */
const noField = '<nil>'

const compositionError = (path: string, rule: string): InvalidField => ({
  type: 'Invalid',
  field: noField,
  badValue: '',
  detail: `"${path}" must validate ${rule}`,
})

const branchErrors = (node: Node, branches: readonly Schema[]): readonly (readonly InvalidField[])[] =>
  branches.map((schema) => nodeErrors({ ...node, before: undefined, schema }))

const oneOfErrors = (node: Node, branches: readonly Schema[]): readonly InvalidField[] => {
  const results = branchErrors(node, branches)
  const valid = results.filter((errors) => errors.length === 0).length
  if (valid === 1) return []
  const found = valid === 0 ? 'Found none valid' : `Found ${valid} valid alternatives`
  const error = compositionError(node.path, `one and only one schema (oneOf). ${found}`)
  return valid === 0 ? [error, ...(results[0] ?? [])] : [error]
}

const compositionErrors = (node: Node): readonly InvalidField[] => {
  const { oneOf = [], anyOf = [], allOf = [], not } = node.schema
  const errors: InvalidField[] = []
  if (oneOf.length > 0) errors.push(...oneOfErrors(node, oneOf))
  if (anyOf.length > 0) {
    const results = branchErrors(node, anyOf)
    if (results.every((result) => result.length > 0)) {
      errors.push(compositionError(node.path, 'at least one schema (anyOf)'), ...(results[0] ?? []))
    }
  }
  errors.push(...branchErrors(node, allOf).flat())
  if (not !== undefined && branchErrors(node, [not])[0]?.length === 0) {
    errors.push(compositionError(node.path, 'must not validate the schema (not)'))
  }
  return errors
}

/** The identity of an item of a map list: its keys, or the item itself in a set. */
const identityOf = (schema: Schema, item: Json): Json => {
  if (schema['x-kubernetes-list-type'] !== 'map') return item
  const keys = schema['x-kubernetes-list-map-keys'] ?? []
  return isJsonObject(item) ? Object.fromEntries(keys.map((key) => [key, item[key] ?? null])) : item
}

const duplicateErrors = (list: readonly Json[], schema: Schema, path: string): readonly InvalidField[] => {
  const listType = schema['x-kubernetes-list-type']
  if (listType !== 'map' && listType !== 'set') return []
  const seen = new Set<string>()
  return list.flatMap((item, index): readonly InvalidField[] => {
    const identity = identityOf(schema, item)
    const key = JSON.stringify(identity)
    if (!seen.has(key)) {
      seen.add(key)
      return []
    }
    return [{ type: 'Duplicate', field: `${path}[${index}]`, badValue: identity, detail: '' }]
  })
}

const listErrors = (list: readonly Json[], node: Node): readonly InvalidField[] => {
  const { schema, path } = node
  const { minItems, maxItems } = schema
  const items = itemSchema(schema)
  const errors: InvalidField[] = []
  if (items !== undefined) {
    const itemErrors = list.map((value, index) =>
      nodeErrors({ value, before: undefined, schema: items, path: `${path}[${index}]` }),
    )
    errors.push(...itemErrors.flat())
  }
  if (minItems !== undefined && list.length < minItems) {
    const detail = `${path} in body should have at least ${minItems} items`
    errors.push({ type: 'Invalid', field: path, badValue: list.length, detail })
  }
  if (maxItems !== undefined && list.length > maxItems) {
    errors.push({ type: 'TooMany', field: path, badValue: list.length, detail: `must have at most ${maxItems} items` })
  }
  return [...errors, ...duplicateErrors(list, schema, path)]
}

const objectErrors = (object: JsonObject, { schema, path, before }: Node): readonly InvalidField[] => {
  const old = isJsonObject(before) ? before : undefined
  const members = Object.entries(object).flatMap(([name, value]) => {
    const member = memberSchema(schema, name)
    if (member === undefined || value === undefined || (path === '' && name === 'metadata')) return []
    return nodeErrors({ value, before: old?.[name], schema: member, path: join(path, name) })
  })
  const { minProperties, maxProperties } = schema
  const count = Object.keys(object).length
  const errors: InvalidField[] = [...requiredErrors(object, schema, path), ...members]
  if (minProperties !== undefined && count < minProperties) {
    const detail = `${path} in body should have at least ${minProperties} properties`
    errors.push({ type: 'Invalid', field: path, badValue: count, detail })
  }
  if (maxProperties !== undefined && count > maxProperties) {
    errors.push({ type: 'TooMany', field: path, badValue: count, detail: `must have at most ${maxProperties} items` })
  }
  return errors
}

/** A value that did not change is not checked again, so that old objects can still be written (CRD validation ratcheting). */
const nodeErrors = (node: Node): readonly InvalidField[] => {
  const { value, before, schema, path } = node
  if (before !== undefined && equalJson(value, before)) return []
  const wrongType = typeError(node)
  if (wrongType !== undefined) return [wrongType]
  if (value === null) return []
  const errors = Array.isArray(value)
    ? listErrors(value, node)
    : isJsonObject(value)
      ? objectErrors(value, node)
      : scalarErrors(value, schema, path)
  return [...compositionErrors(node), ...errors]
}

/**
 * Checks an object against the schema of its CRD, in the words of the real server (`kube-openapi/pkg/validation`). With the
 * object that it replaces, unchanged parts are taken as they are.
 */
export const validateBySchema = (object: JsonObject, before: JsonObject | undefined, schema: Schema) =>
  nodeErrors({ value: object, before, schema, path: '' })
