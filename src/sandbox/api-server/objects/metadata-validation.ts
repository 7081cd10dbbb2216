import { invalid, required } from '../../../api/field-error.ts'
import type { ResourceType } from '../resources/resource-type.ts'
import type { InvalidField } from '../status-error.ts'
import type { Draft } from './stored-object.ts'

const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/
const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/
const labelValue = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/
const qualifiedName = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/

const subdomainRule =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
const labelValueRule =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
const qualifiedNameRule =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
const labelRule =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
const serviceRule =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"

const longerThan = (limit: number): string => `must be no more than ${limit} characters`

/** RBAC names are path segments, all others DNS names. */
const validateName = (type: ResourceType, name: string): readonly InvalidField[] => {
  const field = 'metadata.name'
  if (type.group === 'rbac.authorization.k8s.io') return []
  if (type.kind === 'Service' && type.group === '') {
    if (name.length > 63) return [invalid(field, name, longerThan(63))]
    return /^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(name) ? [] : [invalid(field, name, serviceRule)]
  }
  if (type.kind === 'Namespace' && type.group === '') {
    if (name.length > 63) return [invalid(field, name, longerThan(63))]
    return label.test(name) ? [] : [invalid(field, name, labelRule)]
  }
  if (name.length > 253) return [invalid(field, name, longerThan(253))]
  return subdomain.test(name) ? [] : [invalid(field, name, subdomainRule)]
}

const validateKey = (field: string, key: string): readonly InvalidField[] => {
  const name = key.slice(key.lastIndexOf('/') + 1)
  if (name.length > 63) return [invalid(field, key, `name part ${longerThan(63)}`)]
  return qualifiedName.test(name) ? [] : [invalid(field, key, qualifiedNameRule)]
}

/** Checks labels as the server does, wherever they stand. `field` is the path of the label map. */
export const validateLabels = (labels: unknown, field: string): readonly InvalidField[] => {
  const entries = typeof labels === 'object' && labels !== null ? Object.entries(labels) : []
  return entries.flatMap(([key, value]) => {
    const errors = [...validateKey(field, key)]
    if (typeof value !== 'string') return errors
    if (value.length > 63) errors.push(invalid(field, value, longerThan(63)))
    if (!labelValue.test(value)) errors.push(invalid(field, value, labelValueRule))
    return errors
  })
}

/** Checks the name, labels and annotation keys of an object (`apimachinery/pkg/api/validation`). */
export const validateMetadata = (type: ResourceType, draft: Draft): readonly InvalidField[] => {
  const { name, labels, annotations = {} } = draft.metadata
  const nameErrors: readonly InvalidField[] =
    name === undefined || name === ''
      ? [required('metadata.name', 'name or generateName is required')]
      : validateName(type, name)
  return [
    ...nameErrors,
    ...validateLabels(labels, 'metadata.labels'),
    ...Object.keys(annotations).flatMap((key) => validateKey('metadata.annotations', key.toLowerCase())),
  ]
}
