import { elementAt, lengthOf } from './access.ts'
import { operationOf } from './arithmetic.ts'
import type { BuiltinNode, Node } from './ast.ts'
import type { Budget } from './budget.ts'
import type { Frame } from './evaluator.ts'
import { conversionError, runError } from './expr-error.ts'
import { anySliceType, groupsType } from './go-type.ts'
import { sorted } from './sort.ts'
import { Dictionary, keyOf, List, list, typeName, typeOf, type Value } from './value.ts'

/** What a loop needs of the evaluator that runs it. */
export interface LoopHost {
  readonly budget: Budget
  at: number
  evaluate(node: Node, frame: Frame): Value
  operand(node: Node, frame: Frame): Value
}

/** A loop over one collection: the predicate at an index, and the item there. */
class Loop {
  readonly length: number
  readonly host: LoopHost
  readonly node: BuiltinNode
  readonly frame: Frame
  readonly #collection: Value
  accumulator: Value = null

  constructor(host: LoopHost, node: BuiltinNode, frame: Frame) {
    this.host = host
    this.node = node
    this.frame = frame
    const [first] = node.args
    this.#collection = first === undefined ? null : host.operand(first, frame)
    host.at = node.at
    this.length = lengthOfCollection(this.#collection)
  }

  item(index: number): Value {
    const collection = this.#collection
    if (collection instanceof List || typeof collection === 'string') return elementAt(collection, index) ?? null
    throw runError(`reflect: call of reflect.Value.Index on ${typeOf(collection)?.kind ?? 'zero'} Value`)
  }

  run(body: Node, index: number): Value {
    this.host.budget.step()
    const loop = { item: () => this.item(index), index, accumulator: this.accumulator }
    return this.host.evaluate(body, { ...this.frame, loop })
  }

  /** Whether the predicate holds; without a predicate, the item itself says so. */
  test(index: number): boolean {
    const predicate = this.node.args[1]
    const value = predicate === undefined ? this.item(index) : this.run(predicate, index)
    if (typeof value === 'boolean') return value
    throw conversionError(value === null ? 'nil' : typeName(value), 'bool')
  }

  /** What the predicate gives; without one, the item. */
  value(index: number): Value {
    const predicate = this.node.args[1]
    return predicate === undefined ? this.item(index) : this.run(predicate, index)
  }

  /** The item, or what a rewritten `map` makes of it. */
  mapped(index: number): Value {
    return this.node.map === undefined ? this.item(index) : this.run(this.node.map, index)
  }
}

const lengthOfCollection = (value: Value): number => {
  if (value instanceof List || typeof value === 'string') return lengthOf(value)
  if (value instanceof Dictionary) return value.entries.size
  const kind = typeOf(value)?.kind
  throw runError(`reflect: call of reflect.Value.Len on ${kind === undefined ? 'zero' : kind} Value`)
}

type LoopRun = (loop: Loop) => Value

const indexes = function* (length: number, backwards = false): Generator<number> {
  for (let step = 0; step < length; step += 1) yield backwards ? length - 1 - step : step
}

/** Stops at the first item for which the predicate is `until`. */
const quantifier =
  (until: boolean, found: boolean): LoopRun =>
  (loop) => {
    for (const index of indexes(loop.length)) if (loop.test(index) === until) return found
    return !found
  }

const countMatches = (loop: Loop, threshold?: bigint): bigint => {
  let count = 0n
  for (const index of indexes(loop.length)) {
    if (!loop.test(index)) continue
    count += 1n
    if (threshold !== undefined && count >= threshold) break
  }
  return count
}

const filter: LoopRun = (loop) => {
  const kept: Value[] = []
  for (const index of indexes(loop.length)) if (loop.test(index)) kept.push(loop.mapped(index))
  loop.host.budget.grow(kept.length)
  return list(kept)
}

const map: LoopRun = (loop) => {
  const results = Array.from(indexes(loop.length), (index) => loop.value(index))
  loop.host.budget.grow(results.length)
  return list(results)
}

// The published engine leaves a value behind when it searches from the end, so that `1 + findLast(…)` reads it in place of
// the 1. That is a fault, and not repeated here.
const find =
  (backwards: boolean): LoopRun =>
  (loop) => {
    for (const index of indexes(loop.length, backwards)) if (loop.test(index)) return loop.mapped(index)
    if (loop.node.throws) throw runError('reflect: slice index out of range')
    return null
  }

const findIndex =
  (backwards: boolean): LoopRun =>
  (loop) => {
    for (const index of indexes(loop.length, backwards)) if (loop.test(index)) return BigInt(index)
    return null
  }

const add = operationOf('+')

const sum: LoopRun = (loop) => {
  let total: Value = 0n
  for (const index of indexes(loop.length)) {
    const value = loop.value(index)
    loop.host.at = loop.node.at
    total = add === undefined ? null : add(value, total)
    if (typeof total === 'string') loop.host.budget.write(total)
  }
  return total
}

const groupBy: LoopRun = (loop) => {
  const groups = new Map<string, [Value, Value[]]>()
  for (const index of indexes(loop.length)) {
    const key = loop.value(index)
    const text = keyOf(key)
    if (text === undefined) throw runError(`hash of unhashable type: ${typeName(key)}`)
    const group = groups.get(text)
    if (group === undefined) groups.set(text, [key, [loop.item(index)]])
    else group[1].push(loop.item(index))
  }
  const entries = Array.from(groups, ([text, [key, items]]) => [text, [key, list(items)]] as const)
  return new Dictionary(groupsType, new Map(entries))
}

const sortBy: LoopRun = (loop) => {
  const wanted = loop.node.args[2]
  const order = wanted === undefined ? 'asc' : loop.host.evaluate(wanted, loop.frame)
  if (typeof order !== 'string') throw runError('sortBy order argument must be a string')
  if (order !== 'asc' && order !== 'desc') throw runError('unknown order, use asc or desc')
  const pairs = Array.from(indexes(loop.length), (index) => {
    const key = loop.value(index)
    return { key, item: loop.item(index) }
  })
  loop.host.at = loop.node.at
  const items = sorted(pairs, ({ key }) => key, order === 'desc').map(({ item }) => item)
  loop.host.budget.grow(items.length)
  return new List(anySliceType, items)
}

const reduce: LoopRun = (loop) => {
  const [, body, start] = loop.node.args
  if (body === undefined) return null
  if (start === undefined && loop.length === 0) throw runError('reduce of empty array with no initial value')
  loop.accumulator = start === undefined ? loop.item(0) : loop.host.operand(start, loop.frame)
  for (let index = start === undefined ? 1 : 0; index < loop.length; index += 1) {
    loop.accumulator = loop.run(body, index)
  }
  return loop.accumulator
}

const runs: ReadonlyMap<string, LoopRun> = new Map([
  ['all', quantifier(false, false)],
  ['none', quantifier(true, false)],
  ['any', quantifier(true, true)],
  ['one', (loop) => countMatches(loop) === 1n],
  ['count', (loop) => countMatches(loop, loop.node.threshold)],
  ['filter', filter],
  ['map', map],
  ['find', find(false)],
  ['findLast', find(true)],
  ['findIndex', findIndex(false)],
  ['findLastIndex', findIndex(true)],
  ['sum', sum],
  ['groupBy', groupBy],
  ['sortBy', sortBy],
  ['reduce', reduce],
])

/** Runs a builtin that loops over a predicate. */
export const runLoop = (host: LoopHost, node: BuiltinNode, frame: Frame): Value => {
  const run = runs.get(node.name)
  if (run === undefined) throw runError(`unknown builtin ${node.name}`)
  return run(new Loop(host, node, frame))
}
