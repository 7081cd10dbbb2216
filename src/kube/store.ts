import type { DeepReadonly } from '../lib/json.ts'
import { equalJson, isJsonObject } from '../lib/json-value.ts'
import type { Delta, Store, StoredObject } from './informer.ts'
import { type IndexFunction, StoreIndex } from './store-index.ts'
import { deepFreeze } from './stored-object.ts'

/** Settings of an {@link ObjectStore}. */
export interface StoreOptions<T> {
  /** The object as readers see it: the identity, or a parse. An object for which it throws is left out and reported. */
  readonly view: (object: StoredObject) => T
  readonly indexes?: Readonly<Record<string, IndexFunction<DeepReadonly<T>>>>
  /** Freeze what comes in: for tests. */
  readonly freeze?: boolean
  readonly onUnreadable?: (object: StoredObject, error: unknown) => void
}

/** One object in the store, with what is needed of it whatever its type. */
interface Entry<T> {
  readonly namespace: string
  readonly name: string
  readonly uid: string
  readonly resourceVersion: string
  readonly deleting: boolean
  readonly object: DeepReadonly<T>
}

/**
 * The objects of one cache by namespace, name and index. Every change returns the deltas it made, so that whoever changes it
 * tells the handlers after the store has the change.
 */
export class ObjectStore<T> implements Store<T> {
  readonly #options: StoreOptions<T>
  readonly #entries = new Map<string, Map<string, Entry<T>>>()
  #size = 0
  readonly #indexes = new Map<string, StoreIndex<DeepReadonly<T>, Entry<T>>>()

  constructor(options: StoreOptions<T>) {
    this.#options = options
    for (const [name, valuesOf] of Object.entries(options.indexes ?? {})) this.addIndex(name, valuesOf)
  }

  get size(): number {
    return this.#size
  }

  get(namespace: string | undefined, name: string): DeepReadonly<T> | undefined {
    return this.#find(namespace, name)?.object
  }

  list(namespace?: string): readonly DeepReadonly<T>[] {
    if (namespace !== undefined) return objectsOf(this.#entries.get(namespace)?.values() ?? [])
    return [...this.#entries.values()].flatMap((entries) => objectsOf(entries.values()))
  }

  byIndex(index: string, value: string): readonly DeepReadonly<T>[] {
    const found = this.#indexes.get(index)
    if (found === undefined) throw new Error(`reading the cache by "${index}": no such index was registered`)
    return objectsOf(found.get(value))
  }

  /** Registers an index, also over what is there. A name that is taken keeps its function: give equal functions equal names. */
  addIndex(name: string, valuesOf: IndexFunction<DeepReadonly<T>>): void {
    if (this.#indexes.has(name)) return
    const index = new StoreIndex<DeepReadonly<T>, Entry<T>>(valuesOf)
    this.#indexes.set(name, index)
    for (const entry of this.#all()) index.add(entry.object, entry)
  }

  /** uid, resource version and whether it is being deleted, of the object that has this name now. */
  identity(namespace: string | undefined, name: string): Omit<Entry<T>, 'object'> | undefined {
    return this.#find(namespace, name)
  }

  /** Adds or replaces one object. Nothing changes for a version that is there; another uid under the same name is a delete and an add. */
  upsert(object: StoredObject): readonly Delta<T>[] {
    const before = this.#find(object.metadata.namespace, object.metadata.name)
    const entry = this.#entryOf(object, before)
    if (entry === undefined) return this.remove(object)
    if (entry === before) return []
    if (before !== undefined) this.#take(before)
    this.#put(entry)
    return changeOf(before, entry)
  }

  /** Removes an object by name; the delta has its last known state. */
  remove(object: StoredObject): readonly Delta<T>[] {
    const before = this.#find(object.metadata.namespace, object.metadata.name)
    if (before === undefined) return []
    this.#take(before)
    return [{ type: 'deleted', object: before.object }]
  }

  /** Makes the store hold exactly these objects. Readers never see a part of them. Deletes come first. */
  replace(objects: readonly StoredObject[]): readonly Delta<T>[] {
    const kept = new Set<Entry<T>>()
    const pairs: [Entry<T> | undefined, Entry<T>][] = []
    for (const object of objects) {
      const before = this.#find(object.metadata.namespace, object.metadata.name)
      const entry = this.#entryOf(object, before)
      if (entry === undefined) continue
      if (before !== undefined) kept.add(before)
      if (entry !== before) pairs.push([before, entry])
    }
    const gone = [...this.#all()].filter((entry) => !kept.has(entry))
    for (const entry of gone) this.#take(entry)
    for (const [before, entry] of pairs) {
      if (before !== undefined) this.#take(before)
      this.#put(entry)
    }
    return [
      ...gone.map((entry): Delta<T> => ({ type: 'deleted', object: entry.object })),
      ...pairs.flatMap(([before, entry]) => changeOf(before, entry)),
    ]
  }

  /** The stored entry itself when this version is known, so that a relist makes garbage of the new copy, not of the old. */
  #entryOf(object: StoredObject, known: Entry<T> | undefined): Entry<T> | undefined {
    const { namespace, name, uid, resourceVersion, deletionTimestamp } = object.metadata
    if (known?.uid === uid && known.resourceVersion === resourceVersion) return known
    const view = this.#viewOf(known?.uid === uid ? withKnownSpec(object, known.object) : object)
    return (
      view && {
        namespace: namespace ?? '',
        name,
        uid,
        resourceVersion,
        deleting: typeof deletionTimestamp === 'string',
        object: view.object,
      }
    )
  }

  #viewOf(object: StoredObject): { readonly object: DeepReadonly<T> } | undefined {
    try {
      const view = this.#options.view(object)
      // The only place where a cached object becomes read-only for the compiler; `freeze` makes it so for the machine.
      return { object: (this.#options.freeze ? deepFreeze(view) : view) as DeepReadonly<T> }
    } catch (error) {
      this.#options.onUnreadable?.(object, error)
      return undefined
    }
  }

  #find(namespace: string | undefined, name: string): Entry<T> | undefined {
    return this.#entries.get(namespace ?? '')?.get(name)
  }

  *#all(): Iterable<Entry<T>> {
    for (const entries of this.#entries.values()) yield* entries.values()
  }

  #put(entry: Entry<T>): void {
    const entries = this.#entries.get(entry.namespace)
    if (entries === undefined) this.#entries.set(entry.namespace, new Map([[entry.name, entry]]))
    else entries.set(entry.name, entry)
    this.#size++
    for (const index of this.#indexes.values()) index.add(entry.object, entry)
  }

  #take(entry: Entry<T>): void {
    const entries = this.#entries.get(entry.namespace)
    entries?.delete(entry.name)
    if (entries?.size === 0) this.#entries.delete(entry.namespace)
    this.#size--
    for (const index of this.#indexes.values()) index.remove(entry.object, entry)
  }
}

/**
 * The object with the spec that is stored already, where its generation says that it is the same: most changes are of the
 * status. Of another spec the pod template is kept where it is the same: most of those change the size. What was derived
 * from either can then be kept by its identity.
 */
const withKnownSpec = (object: StoredObject, known: unknown): StoredObject => {
  if (!isJsonObject(known) || !isJsonObject(known.metadata) || !isJsonObject(known.spec)) return object
  const { metadata, spec } = object
  if (!isJsonObject(spec)) return object
  const isSame = typeof metadata.generation === 'number' && known.metadata.generation === metadata.generation
  if (isSame) return { ...object, spec: known.spec }
  const { template } = known.spec
  return isJsonObject(template) && equalJson(template, spec.template)
    ? { ...object, spec: { ...spec, template } }
    : object
}

const objectsOf = <T>(entries: Iterable<Entry<T>>): DeepReadonly<T>[] => {
  const objects: DeepReadonly<T>[] = []
  for (const entry of entries) objects.push(entry.object)
  return objects
}

const changeOf = <T>(before: Entry<T> | undefined, entry: Entry<T>): Delta<T>[] => {
  if (before === undefined) return [{ type: 'added', object: entry.object }]
  if (before.uid === entry.uid) return [{ type: 'updated', before: before.object, object: entry.object }]
  return [
    { type: 'deleted', object: before.object },
    { type: 'added', object: entry.object },
  ]
}
