import type { JsonObject } from '../../../lib/json.ts'
import type { ResourceType } from '../../api-server/resources/resource-type.ts'
import type { Group } from './verbs.ts'
import { groupsOf, objectVerbs, subresourcesOf } from './verbs.ts'

/** `/api`: the versions of the core group. */
export const coreVersions = (): JsonObject => ({
  kind: 'APIVersions',
  versions: ['v1'],
  serverAddressByClientCIDRs: [],
})

const groupEntry = ({ name, versions }: Group): JsonObject => {
  const entries = versions.map(({ version }) => ({ groupVersion: `${name}/${version}`, version }))
  return { name, versions: entries, preferredVersion: entries[0] ?? {} }
}

/** `/apis`: all groups but the core one. */
export const groupList = (types: readonly ResourceType[]): JsonObject => ({
  kind: 'APIGroupList',
  apiVersion: 'v1',
  groups: groupsOf(types.filter(({ group }) => group !== '')).map(groupEntry),
})

/** `/apis/<group>`; `undefined` when there is no such group. */
export const groupDocument = (types: readonly ResourceType[], name: string): JsonObject | undefined => {
  const group = groupsOf(types).find((one) => one.name === name)
  return group === undefined ? undefined : { kind: 'APIGroup', apiVersion: 'v1', ...groupEntry(group) }
}

const resourceEntries = (type: ResourceType): readonly JsonObject[] => [
  {
    name: type.plural,
    singularName: type.singular,
    namespaced: type.namespaced,
    kind: type.kind,
    verbs: [...objectVerbs],
    ...(type.shortNames.length === 0 ? {} : { shortNames: [...type.shortNames] }),
    ...(type.categories.length === 0 ? {} : { categories: [...type.categories] }),
  },
  ...subresourcesOf(type).map(({ name, speaks, verbs }) => ({
    name: `${type.plural}/${name}`,
    singularName: '',
    namespaced: type.namespaced,
    ...(speaks ?? { kind: type.kind }),
    verbs: [...verbs],
  })),
]

/** `/api/v1` and `/apis/<group>/<version>`; `undefined` when nothing is served there. */
export const resourceList = (
  types: readonly ResourceType[],
  group: string,
  version: string,
): JsonObject | undefined => {
  const members = types.filter((type) => type.group === group && type.version === version)
  if (members.length === 0) return undefined
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: group === '' ? version : `${group}/${version}`,
    resources: members.flatMap(resourceEntries),
  }
}
