import { apiVersionOf } from '../../../kube/resource.ts'
import type { Caller, Core } from '../core.ts'
import type { Draft, StoredObject } from '../objects/stored-object.ts'
import { timestamp } from '../objects/stored-object.ts'
import type { ResourceType } from '../resources/resource-type.ts'
import type { Comparison } from './compare.ts'
import { compare } from './compare.ts'
import { difference, union } from './field-set.ts'
import type { Manager } from './managers.ts'
import { readManagers, sameManager, writeManagers } from './managers.ts'
import { trackedPart } from './tracked-fields.ts'

const identityOf = (type: ResourceType, caller: Caller, subresource: string | undefined) => ({
  manager: caller.fieldManager,
  operation: 'Update' as const,
  apiVersion: apiVersionOf(type),
  ...(subresource === undefined ? {} : { subresource }),
})

/** A client may send managed fields, to take over or to reset them; one that sends none keeps those that are there. */
const currentManagers = (before: StoredObject | undefined, draft: Draft): readonly Manager[] => {
  const given = draft.metadata.managedFields
  if (before === undefined) return []
  return given === undefined || given.length === 0 ? readManagers(before) : readManagers(draft)
}

const withoutFields = (manager: Manager, { written, removed }: Comparison): Manager => ({
  ...manager,
  fields: difference(difference(manager.fields, written), removed),
})

/**
 * Notes in `metadata.managedFields` which fields a write that is no apply has set: they belong to its manager from now on,
 * and to nobody else. Changes the draft in place. Writers without a field manager leave no trace.
 */
export const noteUpdate = (
  core: Core,
  type: ResourceType,
  before: StoredObject | undefined,
  draft: Draft,
  caller: Caller,
  subresource?: string,
): void => {
  const managers = currentManagers(before, draft)
  if (caller.fieldManager === '') {
    draft.metadata.managedFields = writeManagers(managers)
    return
  }
  const part = subresource === 'status' ? 'status' : undefined
  const comparison = compare(trackedPart(type, before, part), trackedPart(type, draft, part), type.schema)
  const identity = identityOf(type, caller, subresource)
  const mine = managers.find((one) => sameManager(one, identity))
  const changed = comparison.written !== undefined || comparison.removed !== undefined
  const time = changed || mine === undefined ? timestamp(core.clock.now()) : mine.time
  const fields = union(difference(mine?.fields, comparison.removed), comparison.written)
  const others = managers.filter((one) => one !== mine).map((one) => withoutFields(one, comparison))
  draft.metadata.managedFields = writeManagers([...others, { ...identity, time, fields }])
}
