import { listOr, objectOr, stringOr } from '../../../lib/json-value.ts'
import type { ResourceType } from '../../api-server/resources/resource-type.ts'
import { groupResource } from '../../api-server/resources/resource-type.ts'
import { ageOf } from './age.ts'
import { clusterColumns } from './cluster-columns.ts'
import type { Column } from './column.ts'
import { networkColumns } from './network-columns.ts'
import { workloadColumns } from './workload-columns.ts'

/** The first column of every table. */
export const nameColumn: Column = { name: 'Name', format: 'name', cell: (object) => object.metadata.name }

/** The age that most tables end with. */
export const ageColumn: Column = {
  name: 'Age',
  cell: (object, now) => ageOf(object.metadata.creationTimestamp, now),
}

const size = (value: unknown): number => Object.keys(objectOr(value)).length

const configColumns: Readonly<Record<string, readonly Column[]>> = {
  configmaps: [nameColumn, { name: 'Data', cell: (object) => size(object.data) + size(object.binaryData) }, ageColumn],
  secrets: [
    nameColumn,
    { name: 'Type', cell: (object) => stringOr(object.type) ?? '' },
    { name: 'Data', cell: (object) => size(object.data) },
    ageColumn,
  ],
  serviceaccounts: [nameColumn, { name: 'Secrets', cell: (object) => listOr(object.secrets).length }, ageColumn],
}

const tables = new Map<string, readonly Column[]>(
  Object.entries({
    ...configColumns,
    ...workloadColumns(nameColumn, ageColumn),
    ...networkColumns(nameColumn, ageColumn),
    ...clusterColumns(nameColumn, ageColumn),
  }),
)

/** The columns of a built-in kind, as `kubectl get` shows them for the real server (`pkg/printers/internalversion`). */
export const builtinColumns = (type: ResourceType): readonly Column[] =>
  tables.get(groupResource(type)) ?? [nameColumn, ageColumn]
