/** A JSON value as `JSON.parse` returns it. */
export type Json = string | number | boolean | null | Json[] | JsonObject

/** A JSON object as `JSON.parse` returns it. `undefined` members are allowed while building one; they vanish on the wire. */
export type JsonObject = { [key: string]: Json | undefined }

/**
 * A view of a value that nobody may change. Everything that comes out of a cache has this type: objects there are shared
 * between controllers, so a change in place would be seen by all of them and sent by none.
 */
export type DeepReadonly<T> = T extends (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> }
    : T
