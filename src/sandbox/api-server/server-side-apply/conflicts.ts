import { StatusError } from '../status-error.ts'
import type { Comparison } from './compare.ts'
import { formatPaths, intersection } from './field-set.ts'
import type { Manager } from './managers.ts'
import { sameManager } from './managers.ts'

/** A field that an apply would change and somebody else owns. */
interface Conflict {
  readonly manager: string
  readonly path: string
}

/** How messages name a manager (`printManager` of apimachinery's managedfields). */
const describe = ({ manager, operation, apiVersion, subresource }: Manager): string => {
  const name = JSON.stringify(manager)
  if (operation === 'Apply')
    return subresource === undefined ? name : `${name} with subresource ${JSON.stringify(subresource)}`
  const through = subresource === undefined ? '' : ` with subresource ${JSON.stringify(subresource)}`
  return `${name}${through} using ${apiVersion}`
}

/** Fields of other managers that a write would change. */
export const findConflicts = (
  managers: readonly Manager[],
  applier: Omit<Manager, 'fields' | 'time'>,
  { written }: Comparison,
): readonly Conflict[] =>
  managers
    .filter((manager) => !sameManager(manager, applier))
    .flatMap((manager) =>
      formatPaths(intersection(manager.fields, written)).map((path) => ({ manager: describe(manager), path })),
    )

const sentence = (conflicts: readonly Conflict[]): string => {
  const [first] = conflicts
  if (first !== undefined && conflicts.length === 1) return `conflict with ${first.manager}: ${first.path}`
  const managers = [...new Set(conflicts.map(({ manager }) => manager))].sort()
  return managers
    .flatMap((manager) => {
      const paths = conflicts.filter((conflict) => conflict.manager === manager).map(({ path }) => `- ${path}`)
      return [`conflicts with ${manager}:`, ...paths]
    })
    .join('\n')
}

/** 409 with one cause a field (`apierrors.NewApplyConflict`). */
export const conflictError = (conflicts: readonly Conflict[]): StatusError =>
  new StatusError({
    code: 409,
    reason: 'Conflict',
    message: `Apply failed with ${conflicts.length} conflict${conflicts.length === 1 ? '' : 's'}: ${sentence(conflicts)}`,
    causes: conflicts.map(({ manager, path }) => ({
      reason: 'FieldManagerConflict',
      message: `conflict with ${manager}`,
      field: path,
    })),
  })
