import type { JsonObject } from '../../../lib/json.ts'
import type { ResourceType } from '../../api-server/resources/resource-type.ts'
import type { Subresource } from './verbs.ts'
import { groupsOf, objectVerbs, subresourcesOf } from './verbs.ts'

const subresourceEntry = ({ name, speaks, verbs }: Subresource, type: ResourceType): JsonObject => ({
  subresource: name,
  responseKind: speaks ?? { group: '', version: '', kind: type.kind },
  verbs: [...verbs],
})

const resourceEntry = (type: ResourceType): JsonObject => {
  const subresources = subresourcesOf(type).map((one) => subresourceEntry(one, type))
  return {
    resource: type.plural,
    responseKind: { group: '', version: '', kind: type.kind },
    scope: type.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: type.singular,
    verbs: [...objectVerbs],
    ...(type.shortNames.length === 0 ? {} : { shortNames: [...type.shortNames] }),
    ...(type.categories.length === 0 ? {} : { categories: [...type.categories] }),
    ...(subresources.length === 0 ? {} : { subresources }),
  }
}

/**
 * The whole API in one document (`apidiscovery.k8s.io/v2`), which kubectl asks for first. `root` is `api` for the core group
 * and `apis` for all others.
 */
export const aggregatedDiscovery = (types: readonly ResourceType[], root: 'api' | 'apis'): JsonObject => ({
  kind: 'APIGroupDiscoveryList',
  apiVersion: 'apidiscovery.k8s.io/v2',
  metadata: {},
  items: groupsOf(types.filter(({ group }) => (group === '') === (root === 'api'))).map(({ name, versions }) => ({
    metadata: name === '' ? {} : { name },
    versions: versions.map((one) => ({
      version: one.version,
      resources: one.types.map(resourceEntry),
      freshness: 'Current',
    })),
  })),
})
