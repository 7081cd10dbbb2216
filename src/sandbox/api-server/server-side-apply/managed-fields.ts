import type { Caller, Core } from '../core.ts'
import type { Draft, StoredObject } from '../objects/stored-object.ts'
import type { ResourceType } from '../resources/resource-type.ts'

/** Notes in `metadata.managedFields` which fields a write that is no apply has set. Changes the draft in place. */
export const noteUpdate = (
  _core: Core,
  _type: ResourceType,
  _before: StoredObject | undefined,
  _draft: Draft,
  _caller: Caller,
  _subresource?: string,
): void => {}
