import type { Clock } from '../../lib/clock.ts'
import type { Change, Storage } from './objects/storage.ts'
import type { StoredObject } from './objects/stored-object.ts'
import type { Registry } from './resources/registry.ts'
import type { ResourceType } from './resources/resource-type.ts'

/** Who calls, and how the call is to be carried out. */
export interface Caller {
  readonly user: string
  /** Name under which `metadata.managedFields` notes the write. */
  readonly fieldManager: string
  readonly dryRun: boolean
  /** What happens to fields that the schema does not know, and to fields that are there twice. */
  readonly fieldValidation: 'Ignore' | 'Warn' | 'Strict'
  /** Takes a sentence for the `Warning` header of the answer. */
  readonly warn: (sentence: string) => void
}

/** How an object was written. */
export type WriteVerb = 'create' | 'update' | 'patch' | 'apply' | 'delete'

/** An accepted write that changed something. */
export interface Write {
  readonly user: string
  readonly verb: WriteVerb
  readonly type: ResourceType
  readonly subresource?: string
  readonly change: Change
}

/** What every handler of the server works with. */
export interface Core {
  readonly clock: Clock
  /** A number in [0, 1), repeatable from a seed: uids and suffixes of generated names come from it. */
  readonly random: () => number
  readonly storage: Storage
  readonly registry: Registry
  /** Tells an accepted write to those who listen for writes; the storage has it already. */
  readonly announce: (write: Write) => void
}

const objectChange = (
  revision: number,
  type: Change['type'],
  before: StoredObject | undefined,
  object: StoredObject,
) => (before === undefined ? { revision, type, object } : { revision, type, before, object })

/** Stores a new state of an object, or its end, and returns it with its resourceVersion. Nothing is stored in a dry run. */
export const commit = (
  core: Core,
  caller: Pick<Caller, 'user' | 'dryRun'>,
  write: Omit<Write, 'user' | 'change'>,
  change: { type: Change['type']; before?: StoredObject; object: StoredObject },
): StoredObject => {
  if (caller.dryRun) return change.object
  const revision = core.storage.next()
  const metadata = { ...change.object.metadata, resourceVersion: String(revision) }
  const object = { ...change.object, metadata }
  const recorded = objectChange(revision, change.type, change.before, object)
  core.storage.collection(write.type).record(recorded)
  core.announce({ ...write, user: caller.user, change: recorded })
  return object
}
