/**
 * A set of field paths, in the form in which `metadata.managedFields[].fieldsV1` keeps it: members are path elements
 * (`f:` a field, `k:` a list item by its keys, `v:` an item of a set). A node is itself in the set when it has no elements
 * below it or has the element `.`.
 */
export interface FieldSet {
  readonly [element: string]: FieldSet
}

const self = '.'

const isMember = (node: FieldSet): boolean => node[self] !== undefined || Object.keys(node).length === 0

/** The elements below a node. */
export const childrenOf = (node: FieldSet): readonly (readonly [string, FieldSet])[] =>
  Object.entries(node).filter(([element]) => element !== self)

/** A node from what it consists of; `undefined` when that is nothing. */
export const fieldSetNode = (member: boolean, children: Readonly<Record<string, FieldSet>>): FieldSet | undefined => {
  if (Object.keys(children).length === 0) return member ? {} : undefined
  return member ? { [self]: {}, ...children } : children
}

const combine = (
  a: FieldSet,
  b: FieldSet,
  member: (a: boolean, b: boolean) => boolean,
  elements: readonly string[],
  child: (a: FieldSet | undefined, b: FieldSet | undefined) => FieldSet | undefined,
): FieldSet | undefined => {
  const children: Record<string, FieldSet> = {}
  for (const element of elements) {
    const combined = child(a[element], b[element])
    if (combined !== undefined) children[element] = combined
  }
  return fieldSetNode(member(isMember(a), isMember(b)), children)
}

const elementsOf = (...nodes: readonly FieldSet[]): readonly string[] => [
  ...new Set(nodes.flatMap((node) => childrenOf(node).map(([element]) => element))),
]

/** Paths that are in one of two sets. `undefined` stands for an empty set, here and below. */
export const union = (a: FieldSet | undefined, b: FieldSet | undefined): FieldSet | undefined => {
  if (a === undefined || b === undefined) return a ?? b
  return combine(a, b, (inA, inB) => inA || inB, elementsOf(a, b), union)
}

/** Paths that are in both sets. */
export const intersection = (a: FieldSet | undefined, b: FieldSet | undefined): FieldSet | undefined => {
  if (a === undefined || b === undefined) return undefined
  return combine(a, b, (inA, inB) => inA && inB, elementsOf(a), intersection)
}

/** Paths of the first set that are not in the second. */
export const difference = (a: FieldSet | undefined, b: FieldSet | undefined): FieldSet | undefined => {
  if (a === undefined || b === undefined) return a
  return combine(a, b, (inA, inB) => inA && !inB, elementsOf(a), difference)
}

/** A path element as messages name it: `.image`, `[name="app"]`, `[="a"]`. */
export const formatElement = (element: string): string => {
  const text = element.slice(2)
  if (element.startsWith('f:')) return `.${text}`
  if (element.startsWith('v:')) return `[=${text}]`
  const keys: Readonly<Record<string, unknown>> = JSON.parse(text)
  return `[${Object.entries(keys)
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join(',')}]`
}

/** The paths of a set as messages name them: `.spec.template.spec.containers[name="app"].image`. */
export const formatPaths = (set: FieldSet | undefined, path = ''): readonly string[] => {
  if (set === undefined) return []
  const below = childrenOf(set).flatMap(([element, child]) => formatPaths(child, path + formatElement(element)))
  return isMember(set) && path !== '' ? [path, ...below] : below
}
