import { objectOr } from '../../../lib/json-value.ts'
import type { ResourceType } from '../resources/resource-type.ts'
import { badRequest } from '../status-error.ts'
import type { StoredObject } from './stored-object.ts'

/** A condition on the fields of an object. */
export type FieldPredicate = (object: StoredObject) => boolean

/** Fields that a kind can be selected by besides its name and namespace (Kubernetes documentation, "Field Selectors"). */
const selectable: Readonly<Record<string, readonly string[]>> = {
  pods: [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'status.phase',
    'status.podIP',
  ],
  events: [
    'involvedObject.kind',
    'involvedObject.namespace',
    'involvedObject.name',
    'involvedObject.uid',
    'involvedObject.apiVersion',
    'involvedObject.resourceVersion',
    'involvedObject.fieldPath',
    'reason',
    'reportingComponent',
    'source',
    'type',
  ],
  secrets: ['type'],
  namespaces: ['status.phase'],
  nodes: ['spec.unschedulable'],
  jobs: ['status.successful'],
  replicasets: ['status.replicas'],
}

const fieldOf = (object: StoredObject, path: string): string => {
  const members = path === 'source' ? ['source', 'component'] : path.split('.')
  let value: unknown = object
  for (const member of members) value = objectOr(value)[member]
  return value === undefined || value === null ? '' : String(value)
}

const parseTerm = (type: ResourceType, term: string): FieldPredicate => {
  const match = /^([^=!]+)(==|=|!=)(.*)$/.exec(term)
  if (match === null) throw badRequest(`invalid selector: '${term}'; can't understand '${term}'`)
  const [, path = '', operator, value = ''] = match
  const known = path === 'metadata.name' || (path === 'metadata.namespace' && type.namespaced)
  const extra = type.custom ? [] : (selectable[type.plural] ?? [])
  if (!known && !extra.includes(path)) throw badRequest(`field label not supported: ${path}`)
  return (object) => (fieldOf(object, path) === value) === (operator !== '!=')
}

/** Reads the `fieldSelector` of a request. Throws a 400 for a field by which the kind cannot be selected. */
export const parseFieldSelector = (type: ResourceType, text: string | undefined): FieldPredicate => {
  const terms = (text ?? '').split(',').filter((term) => term !== '')
  const predicates = terms.map((term) => parseTerm(type, term))
  return (object) => predicates.every((predicate) => predicate(object))
}
