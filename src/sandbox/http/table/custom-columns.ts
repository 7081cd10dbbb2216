import type { Json } from '../../../lib/json.ts'
import { findAll } from '../../../lib/json-path/find.ts'
import { parseJsonPath } from '../../../lib/json-path/parse.ts'
import type { ReadonlyObject } from '../../api-server/objects/stored-object.ts'
import type { PrinterColumn, ResourceType } from '../../api-server/resources/resource-type.ts'
import { ageOf } from './age.ts'
import type { Cell, Column } from './column.ts'

const find = (path: string): ((object: ReadonlyObject) => readonly Json[]) => {
  const parsed = parseJsonPath(`{${path}}`)
  return (object) => {
    try {
      return findAll(parsed, object as Json)
    } catch {
      // A path that leads nowhere in this object leaves the cell empty, as the real server does.
      return []
    }
  }
}

const cellOf = (type: string, values: readonly Json[], now: number): Cell => {
  const [first] = values
  if (first === undefined || first === null) return null
  if (type === 'date') return ageOf(first, now)
  if (type === 'string')
    return values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))).join(',')
  return typeof first === 'number' || typeof first === 'boolean' ? first : null
}

const customColumn = (column: PrinterColumn): Column => {
  const values = find(column.jsonPath)
  return {
    name: column.name,
    type: column.type as NonNullable<Column['type']>,
    format: column.format ?? '',
    description: column.description ?? `Custom resource definition column (in JSONPath format): ${column.jsonPath}`,
    priority: column.priority ?? 0,
    cell: (object, now) => cellOf(column.type, values(object), now),
  }
}

/** The columns that a CRD declares, behind the name. */
export const customColumns = (type: ResourceType, nameColumn: Column): readonly Column[] => [
  nameColumn,
  ...type.columns.map(customColumn),
]
