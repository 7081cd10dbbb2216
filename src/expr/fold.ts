import { concatenate } from '../lib/go-string.ts'
import { operationOf, wrap } from './arithmetic.ts'
import type { BinaryNode, Node, UnaryNode } from './ast.ts'
import { ExprError } from './expr-error.ts'
import { anySliceType, boolType, float64Type, intType, stringType } from './go-type.ts'
import { natureOf } from './nature.ts'
import { list, type Value } from './value.ts'

type Literal = bigint | number | boolean | string

const literal = (value: Literal, at: number): Node => {
  if (typeof value === 'bigint') return { kind: 'integer', value, at, nature: natureOf(intType) }
  if (typeof value === 'number') return { kind: 'float', value, at, nature: natureOf(float64Type) }
  if (typeof value === 'boolean') return { kind: 'bool', value, at, nature: natureOf(boolType) }
  return { kind: 'string', value, at, nature: natureOf(stringType) }
}

const literalOf = (node: Node): Literal | undefined =>
  node.kind === 'integer' || node.kind === 'float' || node.kind === 'bool' || node.kind === 'string'
    ? node.value
    : undefined

const isNumeric = (value: Literal | undefined): value is bigint | number =>
  typeof value === 'bigint' || typeof value === 'number'

/** Computes what consists of literals only. Returns the node itself where there is nothing to compute. Throws for `5 % 0`. */
export const fold = (node: Node): Node => {
  switch (node.kind) {
    case 'unary':
      return foldUnary(node)
    case 'binary':
      return foldBinary(node)
    case 'array':
      return foldArray(node)
    case 'builtin':
      return foldFilters(node)
    default:
      return node
  }
}

const foldUnary = (node: UnaryNode): Node => {
  const value = literalOf(node.operand)
  if (node.operator === '!' || node.operator === 'not') {
    return typeof value === 'boolean' ? literal(!value, node.at) : node
  }
  if (!isNumeric(value)) return node
  if (node.operator === '+') return literal(value, node.at)
  return literal(typeof value === 'bigint' ? wrap(-value) : -value, node.at)
}

const foldBinary = (node: BinaryNode): Node => {
  const [left, right] = [literalOf(node.left), literalOf(node.right)]
  switch (node.operator) {
    case 'and':
    case '&&':
      return foldLogical(node, left, right, true)
    case 'or':
    case '||':
      return foldLogical(node, left, right, false)
    case '==':
      return foldEquality(node, left, right)
    case '%':
      return foldModulo(node, left, right)
    case '+':
      if (typeof left === 'string' && typeof right === 'string') return literal(concatenate(left, right), node.at)
      return foldNumbers(node, left, right)
    case '-':
    case '*':
    case '/':
    case '**':
    case '^':
      return foldNumbers(node, left, right)
    default:
      return node
  }
}

/** `true and x` is x, `x and false` is false: x is not looked at. With `neutral` false, the same for `or`. */
const foldLogical = (
  node: BinaryNode,
  left: Literal | undefined,
  right: Literal | undefined,
  neutral: boolean,
): Node => {
  if (left === neutral) return node.right
  if (right === neutral) return node.left
  return left === !neutral || right === !neutral ? literal(!neutral, node.at) : node
}

const foldEquality = (node: BinaryNode, left: Literal | undefined, right: Literal | undefined): Node => {
  const isFoldable = left !== undefined && typeof left === typeof right && typeof left !== 'number'
  return isFoldable ? literal(left === right, node.at) : node
}

const foldModulo = (node: BinaryNode, left: Literal | undefined, right: Literal | undefined): Node => {
  if (typeof left !== 'bigint' || typeof right !== 'bigint') return node
  if (right === 0n) throw new ExprError('compile', 'integer divide by zero', node.at)
  return literal(left % right, node.at)
}

const foldNumbers = (node: BinaryNode, left: Literal | undefined, right: Literal | undefined): Node => {
  if (!isNumeric(left) || !isNumeric(right)) return node
  const result = operationOf(node.operator)?.(left, right)
  return typeof result === 'bigint' || typeof result === 'number' ? literal(result, node.at) : node
}

const foldArray = (node: Extract<Node, { kind: 'array' }>): Node => {
  const values = node.nodes.map(literalOf)
  const items = values.filter((value): value is Literal => value !== undefined)
  if (items.length === 0 || items.length < values.length) return node
  const value: Value = list(items)
  return { kind: 'constant', value, at: node.at, nature: natureOf(anySliceType) }
}

/** `filter(filter(x, a), b)` is `filter(x, a && b)`. */
const foldFilters = (node: Extract<Node, { kind: 'builtin' }>): Node => {
  const [inner, outerPredicate] = node.args
  if (node.name !== 'filter' || inner?.kind !== 'builtin' || inner.name !== 'filter') return node
  const [collection, innerPredicate] = inner.args
  if (collection === undefined || innerPredicate?.kind !== 'predicate' || outerPredicate?.kind !== 'predicate')
    return node
  const body: Node = {
    kind: 'binary',
    operator: '&&',
    left: innerPredicate.body,
    right: outerPredicate.body,
    at: node.at,
    nature: natureOf(boolType),
  }
  return { ...node, args: [collection, { ...outerPredicate, body }] }
}
