import type { ResourceType } from '../../api-server/resources/resource-type.ts'

/** What can be done with every kind. */
export const objectVerbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'] as const

/** A part of an object that has a path of its own. */
export interface Subresource {
  readonly name: string
  /** The kind that it speaks, when it is not the object's own. */
  readonly speaks?: { readonly group: string; readonly version: string; readonly kind: string }
  readonly verbs: readonly string[]
}

/** The subresources of a kind. */
export const subresourcesOf = (type: ResourceType): readonly Subresource[] => {
  const subresources: Subresource[] = []
  if (type.status) subresources.push({ name: 'status', verbs: ['get', 'patch', 'update'] })
  if (type.scale !== undefined) {
    const speaks = { group: 'autoscaling', version: 'v1', kind: 'Scale' }
    subresources.push({ name: 'scale', speaks, verbs: ['get', 'patch', 'update'] })
  }
  if (type.group === '' && type.plural === 'pods') {
    const speaks = { group: 'policy', version: 'v1', kind: 'Eviction' }
    subresources.push({ name: 'eviction', speaks, verbs: ['create'] }, { name: 'log', verbs: ['get'] })
  }
  if (type.group === '' && type.plural === 'serviceaccounts') {
    const speaks = { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' }
    subresources.push({ name: 'token', speaks, verbs: ['create'] })
  }
  return subresources
}

/** A group with the kinds of each of its versions; versions keep the order in which they were served. */
export interface Group {
  readonly name: string
  readonly versions: readonly { readonly version: string; readonly types: readonly ResourceType[] }[]
}

/** Sorts kinds into groups and versions. */
export const groupsOf = (types: readonly ResourceType[]): readonly Group[] => {
  const groups = Map.groupBy(types, ({ group }) => group)
  return [...groups].map(([name, members]) => ({
    name,
    versions: [...Map.groupBy(members, ({ version }) => version)].map(([version, inVersion]) => ({
      version,
      types: inVersion,
    })),
  }))
}
