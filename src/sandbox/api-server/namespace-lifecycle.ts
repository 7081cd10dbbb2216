import type { Core, Write } from './core.ts'
import { commit } from './core.ts'
import { deleteObject } from './handlers/delete.ts'

/** The name under which the content of namespaces is deleted. */
const namespaceController = {
  user: 'system:serviceaccount:kube-system:namespace-controller',
  fieldManager: '',
  dryRun: false,
  fieldValidation: 'Ignore',
  warn: () => {},
} as const

const namespaces = { group: '', version: 'v1', plural: 'namespaces' }

const isEmpty = (core: Core, namespace: string): boolean =>
  core.registry.types
    .filter((type) => type.namespaced)
    .every((type) => core.storage.collection(type).list(namespace).length === 0)

const deleteContent = (core: Core, namespace: string): void => {
  for (const type of core.registry.types.filter((one) => one.namespaced)) {
    for (const object of core.storage.collection(type).list(namespace)) {
      deleteObject(core, type, object, { propagationPolicy: 'Background' }, namespaceController)
    }
  }
}

/**
 * Follows every write and ends namespaces as their controller does: first their content, then themselves. It is part of the
 * server because a namespace without it could never be deleted.
 */
export const followNamespaces = (core: Core, { type, change }: Write): void => {
  const isNamespace = type.kind === 'Namespace' && type.group === ''
  const name = isNamespace ? change.object.metadata.name : change.object.metadata.namespace
  if (name === undefined || (isNamespace ? change.type !== 'MODIFIED' : change.type !== 'DELETED')) return
  const namespace = core.storage.collection(namespaces).get(undefined, name)
  if (namespace?.metadata.deletionTimestamp === undefined) return
  if (isNamespace) deleteContent(core, name)
  const still = core.storage.collection(namespaces).get(undefined, name)
  if (still === undefined || (still.metadata.finalizers ?? []).length > 0 || !isEmpty(core, name)) return
  const write = { verb: 'delete', type: core.registry.require(namespaces) } as const
  commit(core, namespaceController, write, { type: 'DELETED', before: still, object: still })
}
