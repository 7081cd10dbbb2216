import type { StoredObject } from './stored-object.ts'

/** A change of a stored object. `revision` is the resourceVersion of the change as a number. */
export interface Change {
  readonly revision: number
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  /** What was stored before; absent for an added object. */
  readonly before?: StoredObject
  /** The new object; for a deleted one its last state with the resourceVersion of the deletion. */
  readonly object: StoredObject
}

/** Tells a change to whoever watches a collection. */
export type ChangeListener = (change: Change) => void

/** All objects of one kind, in the order of their keys, with the latest changes. */
export class Collection {
  readonly listeners = new Set<ChangeListener>()
  /** Changes after this revision are in the history; a watch from an earlier one is answered with 410. */
  compactedAt = 0
  #byNamespace = new Map<string, Map<string, StoredObject>>()
  #history: Change[] = []
  /** What was listed since the last change, by namespace; `undefined` is all of them. */
  readonly #sorted = new Map<string | undefined, readonly StoredObject[]>()
  readonly #historyLimit: number

  constructor(historyLimit: number) {
    this.#historyLimit = historyLimit
  }

  get(namespace: string | undefined, name: string): StoredObject | undefined {
    return this.#byNamespace.get(namespace ?? '')?.get(name)
  }

  /** Objects by namespace, then name, as etcd's keys order them. */
  list(namespace?: string): readonly StoredObject[] {
    const known = this.#sorted.get(namespace)
    if (known !== undefined) return known
    const namespaces = namespace === undefined ? [...this.#byNamespace.values()] : [this.#byNamespace.get(namespace)]
    const sorted = namespaces.flatMap((objects) => [...(objects?.values() ?? [])]).sort(byKey)
    this.#sorted.set(namespace, sorted)
    return sorted
  }

  /** Changes after `revision`, oldest first. */
  since(revision: number): readonly Change[] {
    return this.#history.filter((change) => change.revision > revision)
  }

  /** The list as it was at `revision`, which must not be older than {@link compactedAt}. */
  listAt(revision: number, namespace?: string): readonly StoredObject[] {
    const newer = this.since(revision)
    if (newer.length === 0) return this.list(namespace)
    const objects = new Map(this.list().map((object) => [keyOf(object), object]))
    for (const change of newer.toReversed()) {
      if (change.before === undefined) objects.delete(keyOf(change.object))
      else objects.set(keyOf(change.before), change.before)
    }
    const all = [...objects.values()].sort(byKey)
    return namespace === undefined ? all : all.filter((object) => object.metadata.namespace === namespace)
  }

  /** Stores a change, remembers it and tells it to everybody who watches. */
  record(change: Change): void {
    const { namespace = '', name } = change.object.metadata
    const objects = this.#byNamespace.get(namespace) ?? new Map<string, StoredObject>()
    if (change.type === 'DELETED') objects.delete(name)
    else objects.set(name, change.object)
    this.#byNamespace.set(namespace, objects)
    this.#sorted.clear()
    this.#history.push(change)
    if (this.#history.length > 2 * this.#historyLimit) this.#forget(this.#history.length - this.#historyLimit)
    for (const listener of [...this.listeners]) listener(change)
  }

  /** Forgets the history up to now, as a compaction of etcd does. */
  compact(revision: number): void {
    this.#history = []
    this.compactedAt = revision
  }

  #forget(count: number): void {
    this.compactedAt = this.#history[count - 1]?.revision ?? this.compactedAt
    this.#history = this.#history.slice(count)
  }
}

/** Identifies an object within its collection. */
export const keyOf = (object: StoredObject): string => `${object.metadata.namespace ?? ''}/${object.metadata.name}`

const byKey = (a: StoredObject, b: StoredObject): number => {
  const together = a.metadata.namespace === b.metadata.namespace
  const one = together ? a.metadata.name : keyOf(a)
  const other = together ? b.metadata.name : keyOf(b)
  return one < other ? -1 : one > other ? 1 : 0
}

/** Every collection, and the one counter from which all resourceVersions come. */
export class Storage {
  revision = 1
  readonly #collections = new Map<string, Collection>()
  readonly #historyLimit: number

  constructor(historyLimit: number) {
    this.#historyLimit = historyLimit
  }

  /** The collection of a resource; versions of one resource share it. */
  collection(resource: { readonly group: string; readonly plural: string }): Collection {
    const key = `${resource.group}/${resource.plural}`
    const known = this.#collections.get(key)
    if (known !== undefined) return known
    const collection = new Collection(this.#historyLimit)
    this.#collections.set(key, collection)
    return collection
  }

  /** The next resourceVersion. */
  next(): number {
    this.revision += 1
    return this.revision
  }

  /** Forgets all history, so that every older resourceVersion is answered with 410. */
  compact(): void {
    for (const collection of this.#collections.values()) collection.compact(this.revision)
  }
}
