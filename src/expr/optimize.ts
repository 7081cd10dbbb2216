import { type BinaryNode, type BuiltinNode, type MemberNode, mapChildren, type Node } from './ast.ts'
import { fold } from './fold.ts'
import { intSliceType, intType, mapOf, stringType } from './go-type.ts'
import { natureOf } from './nature.ts'
import { sumOfRange } from './sum-of-range.ts'
import { Dictionary, type Value } from './value.ts'

/*
 * The published engine rewrites an expression before it runs it, and it shows: `false and x` never looks at x, `x % 0` fails
 * before the run, `filter(…)[0]` has another message, `"a" in [...]` looks into a map. The rewrites here are those that
 * change an answer or a message.
 */

type Rewrite = (node: Node) => Node

/** Applies a rewrite to every node, children first. */
const walk = (node: Node, rewrite: Rewrite): Node => {
  mapChildren(node, (child) => walk(child, rewrite))
  return rewrite(node)
}

/** Rewrites a checked expression in place and returns its root. Throws {@link ExprError} for what cannot be computed. */
export const optimize = (root: Node): Node => {
  let node = walk(root, membershipInLiterals)
  for (let changed = true; changed; ) {
    changed = false
    node = walk(node, (candidate) => {
      const folded = fold(candidate)
      changed ||= folded !== candidate
      return folded
    })
  }
  const passes = [membershipInRange, mapOfFilter, lengthOfFilter, edgeOfFilter('last'), edgeOfFilter('first')]
  const later = [combinePredicates, sumOfRange, sumOfArray, sumOfMap, countToAny, countWithThreshold]
  return [...passes, ...later].reduce(walk, node)
}

const isBuiltin = (node: Node | undefined, name: string): node is BuiltinNode =>
  node?.kind === 'builtin' && node.name === name

/** Ints in a list of ints, and anything in a list of strings, are looked up in a map with keys of that one type. */
const membershipInLiterals: Rewrite = (node) => {
  if (node.kind !== 'binary' || node.operator !== 'in' || node.right.kind !== 'array') return node
  const { nodes } = node.right
  if (nodes.length === 0) return node
  const leftIsInt = node.left.nature.type?.kind === 'int'
  if (leftIsInt && nodes.every((item) => item.kind === 'integer')) return lookIn(node, nodes, 'integer')
  return nodes.every((item) => item.kind === 'string') ? lookIn(node, nodes, 'string') : node
}

const lookIn = (node: BinaryNode, nodes: readonly Node[], kind: 'integer' | 'string'): Node => {
  const entries = new Map<string, readonly [Value, Value]>()
  for (const item of nodes) {
    if (item.kind === 'integer') entries.set(`bigint:${item.value}`, [item.value, true])
    if (item.kind === 'string') entries.set(`string:${item.value}`, [item.value, true])
  }
  const type = mapOf(kind === 'integer' ? intType : stringType, intSliceType)
  const right: Node = {
    kind: 'constant',
    value: new Dictionary(type, entries),
    at: node.right.at,
    nature: natureOf(type),
  }
  return { ...node, right }
}

const binary = (operator: string, left: Node, right: Node, like: Node): BinaryNode => ({
  kind: 'binary',
  operator,
  left,
  right,
  at: like.at,
  nature: like.nature,
})

/** `x in 1..9` for an int is `x >= 1 and x <= 9`. */
const membershipInRange: Rewrite = (node) => {
  if (node.kind !== 'binary' || node.operator !== 'in' || node.left.nature.type?.kind !== 'int') return node
  const range = node.right
  if (range.kind !== 'binary' || range.operator !== '..') return node
  if (range.left.kind !== 'integer' || range.right.kind !== 'integer') return node
  return binary('and', binary('>=', node.left, range.left, node), binary('<=', node.left, range.right, node), node)
}

const mentionsIndex = (node: Node): boolean => {
  let found = node.kind === 'pointer' && node.name === 'index'
  mapChildren(node, (child) => {
    found ||= mentionsIndex(child)
    return child
  })
  return found
}

/** `map(filter(…), f)` is one loop. */
const mapOfFilter: Rewrite = (node) => {
  if (!isBuiltin(node, 'map')) return node
  const [filter, predicate] = node.args
  if (!isBuiltin(filter, 'filter') || filter.map !== undefined) return node
  if (predicate?.kind !== 'predicate' || mentionsIndex(predicate)) return node
  return { ...node, name: 'filter', args: filter.args, map: predicate.body }
}

/** `len(filter(…))` counts. */
const lengthOfFilter: Rewrite = (node) => {
  const filter = isBuiltin(node, 'len') ? node.args[0] : undefined
  return isBuiltin(node, 'len') && isBuiltin(filter, 'filter') ? { ...node, name: 'count', args: filter.args } : node
}

/** `first(filter(…))` and `filter(…)[0]` stop at the first match; the index fails where there is none. Likewise for the last. */
const edgeOfFilter =
  (edge: 'first' | 'last'): Rewrite =>
  (node) => {
    const index = edge === 'first' ? 0n : -1n
    const byIndex = node.kind === 'member' && isIndex(node, index)
    const filter = byIndex ? node.object : isBuiltin(node, edge) ? node.args[0] : undefined
    if (!isBuiltin(filter, 'filter')) return node
    const name = edge === 'first' ? 'find' : 'findLast'
    return { ...filter, name, at: node.at, nature: node.nature, throws: byIndex }
  }

const isIndex = ({ property, optional }: MemberNode, index: bigint): boolean =>
  !optional && property.kind === 'integer' && property.value === index

const combinedOperators: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  all: { and: 'and', '&&': '&&' },
  any: { or: 'or', '||': '||' },
  none: { and: 'or', '&&': '||' },
}

/** `all(x, a) and all(x, b)` is `all(x, a and b)`: each item sees both predicates before the next item does. */
const combinePredicates: Rewrite = (node) => {
  if (node.kind !== 'binary' || node.left.kind !== 'builtin' || !isBuiltin(node.right, node.left.name)) return node
  const operator = combinedOperators[node.left.name]?.[node.operator]
  const [[collection, first], [other, second]] = [node.left.args, node.right.args]
  if (operator === undefined || first?.kind !== 'predicate' || second?.kind !== 'predicate') return node
  if (collection === undefined || other === undefined || !isSame(collection, other)) return node
  const body = combinePredicates(binary(operator, first.body, second.body, node))
  return { ...node.left, nature: node.nature, args: [collection, { ...first, body }] }
}

/** The same text, wherever it stands. */
const isSame = (left: Node, right: Node): boolean => printed(left) === printed(right)

const printed = (node: Node): string =>
  JSON.stringify(node, (key, value: unknown) => {
    if (key === 'at' || key === 'nature') return undefined
    return typeof value === 'bigint' ? `${value}n` : value
  })

/** `sum([a, b, c])` is `a + (b + c)`. */
const sumOfArray: Rewrite = (node) => {
  const array = isBuiltin(node, 'sum') && node.args.length === 1 ? node.args[0] : undefined
  if (array?.kind !== 'array' || array.nodes.length < 2) return node
  return array.nodes.reduceRight((right, left) => binary('+', left, right, node))
}

/** `sum(map(x, f))` is `sum(x, f)`. */
const sumOfMap: Rewrite = (node) => {
  const map = isBuiltin(node, 'sum') && node.args.length === 1 ? node.args[0] : undefined
  return isBuiltin(node, 'sum') && isBuiltin(map, 'map') ? { ...node, args: map.args } : node
}

const countedAgainst = (node: Node): { node: BinaryNode; count: BuiltinNode; limit: bigint } | undefined => {
  if (node.kind !== 'binary' || node.right.kind !== 'integer') return undefined
  return isBuiltin(node.left, 'count') && node.left.args.length === 2
    ? { node, count: node.left, limit: node.right.value }
    : undefined
}

/** `count(…) > 0` stops at the first match. */
const countToAny: Rewrite = (candidate) => {
  const counted = countedAgainst(candidate)
  if (counted === undefined) return candidate
  const { node, count, limit } = counted
  const isAny = (node.operator === '>' && limit === 0n) || (node.operator === '>=' && limit === 1n)
  return isAny ? { ...count, name: 'any', nature: node.nature } : node
}

/** `count(…) < 5` stops when the answer is known. */
const countWithThreshold: Rewrite = (candidate) => {
  const counted = countedAgainst(candidate)
  if (counted === undefined) return candidate
  const { node, count, limit } = counted
  const extra: Readonly<Record<string, bigint>> = { '>': 1n, '>=': 0n, '<': 0n, '<=': 1n }
  const more = extra[node.operator]
  if (more === undefined || limit < 0n || limit + more <= 1n) return node
  return { ...node, left: { ...count, threshold: limit + more } }
}
