import type { DeepReadonly, JsonObject } from '../lib/json.ts'

/** What every object in a cache has. */
export interface StoredObject extends JsonObject {
  metadata: JsonObject & { name: string; namespace?: string; uid: string; resourceVersion: string }
}

/** Reads of a cache. Everything that comes out is shared and must not be changed. */
export interface Store<T> {
  get(namespace: string | undefined, name: string): DeepReadonly<T> | undefined
  list(namespace?: string): readonly DeepReadonly<T>[]
  /** Objects for which the named index function returned `value`; throws for an index that was never registered. */
  byIndex(index: string, value: string): readonly DeepReadonly<T>[]
  readonly size: number
}

/** A change of a cache. `before` is what the cache held; a relist that misses an object is a `deleted`. */
export type Delta<T> =
  | { readonly type: 'added'; readonly object: DeepReadonly<T> }
  | { readonly type: 'updated'; readonly before: DeepReadonly<T>; readonly object: DeepReadonly<T> }
  | { readonly type: 'deleted'; readonly object: DeepReadonly<T> }

/** A cache kept current by a list and a watch. */
export interface Informer<T> {
  readonly store: Store<T>
  /** Called after the store has the change, in order. Handlers compute keys and enqueue; they must not block. */
  onChange(handler: (delta: Delta<T>) => void): void
  /** True once the cache knows all objects there are. That a kind is not installed, and so has none, is known too. */
  readonly synced: boolean
}
