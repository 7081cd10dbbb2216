import type { ResourceType } from '../resources/resource-type.ts'
import type { InvalidField } from '../status-error.ts'
import type { Draft, StoredObject } from './stored-object.ts'

/** What a kind does with its objects on their way in. Nothing here may look at other objects. */
export interface Strategy {
  /** Fills in what the server fills in when the object says nothing. Changes the draft in place. */
  readonly applyDefaults?: (draft: Draft) => void
  /** All that is wrong with an object; with the object that it replaces, also what may not change. */
  readonly validate?: (draft: Draft, before?: StoredObject) => readonly InvalidField[]
}

/** Finds the strategy of a kind. */
export type Strategies = (type: ResourceType) => Strategy
