import type { Json, JsonObject } from '../../../lib/json.ts'
import type { ReadonlyObject } from '../../api-server/objects/stored-object.ts'

/** A cell of a table: a scalar, or null where there is nothing to show. */
export type Cell = Json

/** A column of a table that `kubectl get` prints. */
export interface Column {
  readonly name: string
  readonly type?: 'string' | 'integer' | 'date' | 'boolean' | 'number'
  readonly format?: string
  readonly description?: string
  /** 0 is always shown, 1 with `-o wide` only. */
  readonly priority?: number
  readonly cell: (object: ReadonlyObject, now: number) => Cell
}

/** A column as the head of a `meta.k8s.io/v1` Table has it. */
export const columnDefinition = ({
  name,
  type = 'string',
  format = '',
  description = '',
  priority = 0,
}: Column): JsonObject => ({
  name,
  type,
  format,
  description,
  priority,
})
