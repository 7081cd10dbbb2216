const decimal = /^[0-9]+$/

/**
 * True when `seen` is at least as new as `written`. Resource versions of one resource compare as integers of any length
 * (Kubernetes API concepts, "Resource versions", since v1.35; true of every server on etcd before). Versions of another
 * form are only ever equal or unknown: then false.
 */
export const isAtLeast = (seen: string, written: string): boolean => {
  if (seen === written) return true
  if (!decimal.test(seen) || !decimal.test(written)) return false
  return seen.length === written.length ? seen > written : seen.length > written.length
}
