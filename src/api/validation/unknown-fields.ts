import * as z from 'zod'
import type { GoTypes } from '../../lib/go-json.ts'
import { podTemplateTypes } from '../pod-template-hash.ts'

type Members = Readonly<Record<string, unknown>>

/** A place in an object: names of fields and positions in lists. */
export type FieldPath = readonly (string | number)[]

const isMembers = (value: unknown): value is Members =>
  value !== null && typeof value === 'object' && !Array.isArray(value)

/** The fields of `metadata` (Kubernetes API, `metav1.ObjectMeta`), more than those that are read here. */
const metadataFields: ReadonlySet<string> = new Set([
  'name',
  'generateName',
  'namespace',
  'selfLink',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'labels',
  'annotations',
  'ownerReferences',
  'finalizers',
  'managedFields',
])

/** Of a Job only the pods are known field by field. */
const goTypes: GoTypes = { ...podTemplateTypes, JobSpec: [['template', '#PodTemplateSpec', '']] }
const openTypes: ReadonlySet<string> = new Set(['JobSpec'])

const unknownInGo = (type: string, value: unknown, path: FieldPath): FieldPath[] => {
  const bare = type.replace(/^\*/, '')
  if (bare.startsWith('[]') && Array.isArray(value)) {
    return value.flatMap((item, index) => unknownInGo(bare.slice(2), item, [...path, index]))
  }
  if (!isMembers(value)) return []
  if (bare.startsWith('{}')) {
    return Object.entries(value).flatMap(([key, member]) => unknownInGo(bare.slice(2), member, [...path, key]))
  }
  const name = bare.slice(1)
  const fields = bare.startsWith('#') ? goTypes[name] : undefined
  if (fields === undefined) return []
  return Object.entries(value).flatMap(([key, member]) => {
    const field = fields.find(([known]) => known === key)
    if (field === undefined) return openTypes.has(name) ? [] : [[...path, key]]
    return unknownInGo(field[1], member, [...path, key])
  })
}

const isOpen = (schema: z.ZodObject): boolean => schema.def.catchall !== undefined

const unknownIn = (schema: z.core.$ZodType, value: unknown, path: FieldPath): FieldPath[] => {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodExactOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault
  ) {
    return unknownIn(schema.unwrap(), value, path)
  }
  const kubernetesType = z.globalRegistry.get(schema)?.['x-kubernetes-schema-of']
  if (typeof kubernetesType === 'string') return unknownInGo(`#${kubernetesType}`, value, path)
  if (schema instanceof z.ZodArray && Array.isArray(value)) {
    return value.flatMap((item, index) => unknownIn(schema.element, item, [...path, index]))
  }
  if (!isMembers(value)) return []
  if (schema instanceof z.ZodRecord) {
    return Object.entries(value).flatMap(([key, member]) => unknownIn(schema.valueType, member, [...path, key]))
  }
  if (!(schema instanceof z.ZodObject)) return []
  return Object.entries(value).flatMap(([key, member]) => {
    const field = schema.shape[key]
    if (field !== undefined) return unknownIn(field, member, [...path, key])
    return isOpen(schema) ? [] : [[...path, key]]
  })
}

/**
 * The fields of an object that its kind does not have, in the order in which they stand there. A server drops them without
 * a word, so that a misspelt option does nothing. `schema` is that of a whole kind.
 */
export const unknownFields = (schema: z.ZodObject, object: Members): readonly FieldPath[] =>
  Object.entries(object).flatMap(([key, member]): readonly FieldPath[] => {
    if (key === 'metadata' && isMembers(member)) {
      return Object.keys(member)
        .filter((name) => !metadataFields.has(name))
        .map((name) => [key, name])
    }
    const field = schema.shape[key]
    return field === undefined ? [[key]] : unknownIn(field, member, [key])
  })

/** A path as Kubernetes writes it: `spec.steps[0].setWeight`. */
export const formatFieldPath = (path: FieldPath): string =>
  path.map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`)).join('')
