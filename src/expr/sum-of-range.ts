import { wrap } from './arithmetic.ts'
import type { Node } from './ast.ts'
import { intType } from './go-type.ts'
import { natureOf } from './nature.ts'

interface Range {
  readonly count: bigint
  readonly sum: bigint
}

const rangeOf = (node: Node | undefined): Range | undefined => {
  if (node?.kind !== 'binary' || node.operator !== '..') return undefined
  if (node.left.kind !== 'integer' || node.right.kind !== 'integer') return undefined
  const [from, to] = [node.left.value, node.right.value]
  if (to < from) return undefined
  const count = wrap(to - from + 1n)
  // Wraps at each step, as the engine's arithmetic does.
  return { count, sum: wrap(count * wrap(from + to)) / 2n }
}

const isItem = (node: Node): boolean => node.kind === 'pointer' && node.name === ''
const isAccumulator = (node: Node): boolean => node.kind === 'pointer' && node.name === 'acc'

/** The sum over a range of `#`, `# * k`, `# + k`, `# - k` and the same turned round. */
const sumOf = ({ count, sum }: Range, predicate: Node): bigint | undefined => {
  if (predicate.kind !== 'predicate') return undefined
  const { body } = predicate
  if (isItem(body)) return sum
  if (body.kind !== 'binary') return undefined
  const itemFirst = isItem(body.left)
  const constant = itemFirst ? body.right : body.left
  if (constant.kind !== 'integer' || !(itemFirst || isItem(body.right))) return undefined
  const { value } = constant
  if (body.operator === '*') return value * sum
  if (body.operator === '+') return sum + count * value
  if (body.operator === '-') return itemFirst ? sum - count * value : count * value - sum
  return undefined
}

const isSumming = (node: Node | undefined): boolean =>
  node?.kind === 'predicate' &&
  node.body.kind === 'binary' &&
  node.body.operator === '+' &&
  ((isItem(node.body.left) && isAccumulator(node.body.right)) ||
    (isAccumulator(node.body.left) && isItem(node.body.right)))

/** `sum(1..100)` and `reduce(1..100, # + #acc)` are computed at once, also for ranges that would be too long to loop over. */
export const sumOfRange = (node: Node): Node => {
  if (node.kind !== 'builtin') return node
  const range = rangeOf(node.args[0])
  if (range === undefined) return node
  const [, predicate, start] = node.args
  let total: bigint | undefined
  if (node.name === 'sum') {
    total = predicate === undefined ? range.sum : sumOf(range, predicate)
  } else if (node.name === 'reduce' && isSumming(predicate)) {
    if (start === undefined) total = range.sum
    else if (start.kind === 'integer') total = range.sum + start.value
  }
  return total === undefined ? node : { kind: 'integer', value: wrap(total), at: node.at, nature: natureOf(intType) }
}
