/** Names a kind of object the way the API server's paths do. */
export interface Resource {
  /** API group; empty for the core group. */
  readonly group: string
  /** Served version, such as `v1` or `v1alpha1`. */
  readonly version: string
  readonly kind: string
  /** Plural in lower case, as in the path. */
  readonly plural: string
  readonly namespaced: boolean
}

/** `apiVersion` of the objects of a resource: `v1`, `apps/v1`. */
export const apiVersionOf = (resource: Resource): string =>
  resource.group === '' ? resource.version : `${resource.group}/${resource.version}`

/**
 * Path of a collection, or of one object when `name` is given, or of its subresource (`status`, `scale`, `eviction`).
 * Without a namespace the path of a namespaced resource spans all namespaces.
 */
export const pathOf = (
  resource: Resource,
  at: { namespace?: string | undefined; name?: string; subresource?: string } = {},
): string => {
  const root = resource.group === '' ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`
  const scope =
    resource.namespaced && at.namespace !== undefined ? `/namespaces/${encodeURIComponent(at.namespace)}` : ''
  const name = at.name === undefined ? '' : `/${encodeURIComponent(at.name)}`
  const subresource = at.subresource === undefined ? '' : `/${at.subresource}`
  return `${root}${scope}/${resource.plural}${name}${subresource}`
}
