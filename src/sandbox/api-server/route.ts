/** What a path of the API names, whether or not it exists. */
export interface Route {
  readonly group: string
  readonly version: string
  readonly plural: string
  readonly namespace?: string
  readonly name?: string
  readonly subresource?: string
}

const afterNamespace = (rest: readonly string[], namespace?: string): Omit<Route, 'group' | 'version'> | undefined => {
  const [plural, name, ...subresource] = rest
  if (plural === undefined || subresource.length > 1) return undefined
  return {
    plural,
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
    ...(subresource[0] === undefined ? {} : { subresource: subresource[0] }),
  }
}

/** `/namespaces/x` and its subresources are the Namespace itself; anything longer lies in it. */
const belowVersion = (rest: readonly string[]): Omit<Route, 'group' | 'version'> | undefined => {
  const [first, namespace, third] = rest
  const inside = first === 'namespaces' && namespace !== undefined && third !== undefined
  if (!inside || ((third === 'status' || third === 'finalize') && rest.length === 3)) return afterNamespace(rest)
  return afterNamespace(rest.slice(2), namespace)
}

/** Reads a resource path (Kubernetes API concepts, "Resource URIs"); `undefined` when it is none. */
export const parseRoute = (path: string): Route | undefined => {
  const named = path.split('/').filter((part) => part !== '')
  const [root, ...parts] = path.includes('%') ? named.map(decodeURIComponent) : named
  if (root === 'api' && parts[0] !== undefined) {
    const below = belowVersion(parts.slice(1))
    return below === undefined ? undefined : { group: '', version: parts[0], ...below }
  }
  if (root === 'apis' && parts[0] !== undefined && parts[1] !== undefined) {
    const below = belowVersion(parts.slice(2))
    return below === undefined ? undefined : { group: parts[0], version: parts[1], ...below }
  }
  return undefined
}
