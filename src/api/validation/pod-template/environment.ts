import type { JsonObject } from '../../../lib/json.ts'
import { type FieldError, invalid, notSupported, required } from '../../field-error.ts'
import { dnsSubdomainReasons, qualifiedNameReasons } from '../names.ts'
import { objectAt, objectsAt, textAt } from './reading.ts'
import { refused, requiredText } from './values.ts'

/** Since Kubernetes 1.34: any printable ASCII but `=`. */
const variableNameReasons = (name: string): readonly string[] =>
  /^[\x20-\x3c\x3e-\x7e]+$/.test(name)
    ? []
    : ["a valid environment variable name must consist only of printable ASCII characters other than '='"]

const keyReasons = (key: string): readonly string[] => [
  ...(key.length > 253 ? ['must be no more than 253 characters'] : []),
  ...(/^[-._a-zA-Z0-9]+$/.test(key)
    ? []
    : [
        "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
      ]),
  ...(key === '.' ? ["must not be '.'"] : []),
  ...(key === '..' ? ["must not be '..'"] : key.startsWith('..') ? ["must not start with '..'"] : []),
]

/** Pod fields that the downward API gives to a variable. */
const variableFields = [
  ...['metadata.name', 'metadata.namespace', 'metadata.uid', 'spec.nodeName', 'spec.serviceAccountName'],
  ...['status.hostIP', 'status.hostIPs', 'status.podIP', 'status.podIPs'],
]

const convertibleFields = new Set([...variableFields, 'metadata.annotations', 'metadata.labels', 'spec.restartPolicy'])

const subscriptErrors = (base: string, key: string, field: string): readonly FieldError[] => {
  if (base === 'metadata.annotations') return refused(field, key.toLowerCase(), qualifiedNameReasons(key.toLowerCase()))
  return refused(field, key, qualifiedNameReasons(key))
}

/** A field of the pod itself, as the downward API reads it (k8s.io/kubernetes, `ConvertDownwardAPIFieldLabel`). */
export const fieldRefErrors = (ref: JsonObject, field: string, fields = variableFields): readonly FieldError[] => {
  const path = textAt(ref, 'fieldPath')
  if (path === '') return [required(`${field}.fieldPath`)]
  const [, base = path, key] = /^(metadata\.(?:annotations|labels))\['(.*)'\]$/s.exec(path) ?? []
  if (key !== undefined) return subscriptErrors(base, key, field)
  if (!convertibleFields.has(path)) {
    const detail = `error converting fieldPath: field label not supported: ${path}`
    return [invalid(`${field}.fieldPath`, path, detail)]
  }
  return fields.includes(path) ? [] : [notSupported(`${field}.fieldPath`, path, fields)]
}

const resourceFields = ['limits', 'requests'].flatMap((kind) =>
  ['cpu', 'ephemeral-storage', 'memory'].map((resource) => `${kind}.${resource}`),
)

const resourceRefErrors = (ref: JsonObject, field: string): readonly FieldError[] => {
  const resource = textAt(ref, 'resource')
  if (resource === '') return [required(`${field}.resource`)]
  if (resourceFields.includes(resource) || /^(limits|requests)\.hugepages-/.test(resource)) return []
  return [notSupported(`${field}.resource`, resource, resourceFields)]
}

const keyRefErrors = (ref: JsonObject, field: string): readonly FieldError[] => [
  ...refused(
    `${field}.name`,
    textAt(ref, 'name'),
    textAt(ref, 'name') === '' ? [] : dnsSubdomainReasons(textAt(ref, 'name')),
  ),
  ...requiredText(`${field}.key`, textAt(ref, 'key'), keyReasons),
]

const sources: readonly (readonly [string, (ref: JsonObject, field: string) => readonly FieldError[]])[] = [
  ['fieldRef', fieldRefErrors],
  ['resourceFieldRef', resourceRefErrors],
  ['configMapKeyRef', keyRefErrors],
  ['secretKeyRef', keyRefErrors],
]

const valueFromErrors = (variable: JsonObject, field: string): readonly FieldError[] => {
  const valueFrom = objectAt(variable, 'valueFrom')
  if (valueFrom === undefined) return []
  const set = sources.filter(([name]) => objectAt(valueFrom, name) !== undefined)
  const none = 'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`'
  const own = set.flatMap(([name, rule]) => rule(objectAt(valueFrom, name) ?? {}, `${field}.${name}`))
  if (set.length === 0) return [invalid(field, '', none)]
  if (textAt(variable, 'value') !== '') {
    return [...own, invalid(field, '', 'may not be specified when `value` is not empty')]
  }
  return set.length > 1 ? [...own, invalid(field, '', 'may not have more than one field specified at a time')] : own
}

const fromErrors = (container: JsonObject, field: string): readonly FieldError[] =>
  objectsAt(container, 'envFrom').flatMap((source, index) => {
    const at = `${field}[${index}]`
    const refs = ['configMapRef', 'secretRef'].filter((name) => objectAt(source, name) !== undefined)
    const prefix = textAt(source, 'prefix')
    return [
      ...(prefix === '' ? [] : refused(`${at}.prefix`, prefix, variableNameReasons(prefix))),
      ...refs.flatMap((name) =>
        requiredText(`${at}.${name}.name`, textAt(objectAt(source, name), 'name'), dnsSubdomainReasons),
      ),
      ...(refs.length === 0 ? [invalid(field, '', 'must specify one of: `configMapRef` or `secretRef`')] : []),
      ...(refs.length > 1 ? [invalid(field, '', 'may not have more than one field specified at a time')] : []),
    ]
  })

/** Faults of the environment of a container. */
export const environmentErrors = (container: JsonObject, field: string): readonly FieldError[] => [
  ...objectsAt(container, 'env').flatMap((variable, index) => {
    const at = `${field}.env[${index}]`
    return [
      ...requiredText(`${at}.name`, textAt(variable, 'name'), variableNameReasons),
      ...valueFromErrors(variable, `${at}.valueFrom`),
    ]
  }),
  ...fromErrors(container, `${field}.envFrom`),
]
