import type { JsonObject } from '../../../lib/json.ts'
import type { ResourceType } from '../../api-server/resources/resource-type.ts'
import { aggregatedDiscovery } from './aggregated.ts'
import { coreVersions, groupDocument, groupList, resourceList } from './legacy.ts'

/** A discovery document with the content type by which clients know which one they got. */
export interface DiscoveryDocument {
  readonly contentType: string
  readonly body: JsonObject
}

const aggregatedType = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'

const plain = (body: JsonObject | undefined): DiscoveryDocument | undefined =>
  body === undefined ? undefined : { contentType: 'application/json', body }

/** Answers the paths that tell which kinds there are; `undefined` for every other path. `accept` is the request's header. */
export const discoveryDocument = (
  types: readonly ResourceType[],
  path: string,
  accept: string,
): DiscoveryDocument | undefined => {
  const [root, ...rest] = path.split('/').filter((part) => part !== '')
  if (root !== 'api' && root !== 'apis') return undefined
  if (rest.length === 0) {
    const aggregated = accept.includes('v=v2;as=APIGroupDiscoveryList')
    if (aggregated) return { contentType: aggregatedType, body: aggregatedDiscovery(types, root) }
    return plain(root === 'api' ? coreVersions() : groupList(types))
  }
  const [first = '', second = ''] = rest
  if (root === 'api') return rest.length === 1 ? plain(resourceList(types, '', first)) : undefined
  if (rest.length === 1) return plain(groupDocument(types, first))
  return rest.length === 2 ? plain(resourceList(types, first, second)) : undefined
}
