type Present<T> = { readonly [Key in keyof T]?: Exclude<T[Key], undefined> }

const isEmpty = (value: unknown): boolean =>
  value === undefined || value === '' || value === 0 || value === false || (Array.isArray(value) && value.length === 0)

/**
 * The members that are not empty: what the published server's encoder leaves out (Go, `encoding/json`, `omitempty`) is left
 * out here too, so that clients see the same, and less travels.
 */
export const present = <T extends object>(members: T): Present<T> =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => !isEmpty(value))) as Present<T>
