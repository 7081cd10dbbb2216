import { byteLength } from '../lib/go-string.ts'
import { compileRegexp } from '../lib/re2/regexp.ts'
import { RegexpSyntaxError } from '../lib/re2/syntax-error.ts'
import { contains, fetch, sliceValue } from './access.ts'
import { intArgument, negate, operationOf } from './arithmetic.ts'
import type { BinaryNode, BuiltinNode, CallNode, MapNode, MemberNode, Node, SliceNode } from './ast.ts'
import { Budget } from './budget.ts'
import { builtins } from './builtins/table.ts'
import { equal } from './compare.ts'
import { conversionError, ExprError, runError } from './expr-error.ts'
import { intSliceType } from './go-type.ts'
import { runLoop } from './loops.ts'
import { byteText, Dictionary, dereference, Func, isNil, List, list, stringMap, typeName, type Value } from './value.ts'

/** What an expression runs with. */
export interface Surroundings {
  /** The names of the environment; a builtin's name without a call is nil. */
  readonly environment: ReadonlyMap<string, Value>
  /** Nanoseconds since the epoch. */
  readonly now: () => bigint
}

/** The innermost loop of a builtin: what `#`, `#index` and `#acc` are. */
interface LoopState {
  readonly item: () => Value
  readonly index: number
  readonly accumulator: Value
}

/** What a place of the expression sees. */
export interface Frame {
  readonly variables: ReadonlyMap<string, Value>
  readonly loop?: LoopState
}

/** Stands for the value of a chain that an optional link has ended. */
const ended = Symbol('ended')

/** Runs a checked expression. Throws {@link ExprError} of stage run, with the place. */
export const evaluate = (root: Node, surroundings: Surroundings): Value => {
  const evaluator = new Evaluator(surroundings)
  try {
    return evaluator.evaluate(root, { variables: new Map() })
  } catch (error) {
    // Trees are limited, values are not: a result may be nested as deeply as JSON allows.
    if (error instanceof RangeError)
      throw new ExprError('run', 'a value is nested too deeply', evaluator.at, { cause: error })
    if (!(error instanceof ExprError) || error.offset !== undefined) throw error
    throw new ExprError('run', error.message, evaluator.at, { cause: error })
  }
}

/** True for `true`; throws for what is no bool. */
const boolOf = (value: Value): boolean => {
  if (typeof value === 'boolean') return value
  throw conversionError(value === null ? 'nil' : typeName(value), 'bool')
}

class Evaluator {
  readonly budget = new Budget()
  /** Where the operation stands that ran last. */
  at = 0
  readonly #surroundings: Surroundings
  #environment: Value = null

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings
  }

  evaluate(node: Node, frame: Frame): Value {
    const value = this.#visit(node, frame)
    return value === ended ? null : value
  }

  /** The value behind a pointer: what operators work with. */
  operand(node: Node, frame: Frame): Value {
    return dereference(this.evaluate(node, frame))
  }

  #visit(node: Node, frame: Frame): Value | typeof ended {
    this.budget.step()
    switch (node.kind) {
      case 'nil':
        return null
      case 'integer':
      case 'float':
      case 'bool':
      case 'string':
      case 'constant':
        return node.value
      case 'identifier':
        return this.#identifier(node.name, frame)
      case 'unary':
        return this.#unary(node.operator, node, frame)
      case 'binary':
        return this.#binary(node, frame)
      case 'chain':
        return this.#chain(node.node, frame)
      case 'member':
        return this.#member(node, frame)
      case 'slice':
        return this.#slice(node, frame)
      case 'call':
        return this.#call(node, frame)
      case 'builtin':
        return this.#builtin(node, frame)
      case 'predicate':
        return this.evaluate(node.body, frame)
      case 'pointer':
        return pointer(node.name, frame)
      case 'let':
        return this.#let(node.name, node.value, node.body, frame)
      case 'sequence':
        return node.nodes.map((item) => this.evaluate(item, frame)).at(-1) ?? null
      case 'conditional':
        return this.evaluate(boolOf(this.operand(node.condition, frame)) ? node.yes : node.no, frame)
      case 'array':
        return this.#array(node.nodes, frame)
      case 'map':
        return this.#map(node, frame)
    }
  }

  #identifier(name: string, { variables }: Frame): Value {
    const variable = variables.get(name)
    if (variable !== undefined) return variable
    const { environment } = this.#surroundings
    if (name !== '$env') return environment.get(name) ?? null
    // One map for the whole run: a map equals itself, whatever it holds.
    this.#environment ??= stringMap(environment)
    return this.#environment
  }

  #unary(operator: string, node: Extract<Node, { kind: 'unary' }>, frame: Frame): Value {
    const operand = this.operand(node.operand, frame)
    this.at = node.at
    if (operator === '!' || operator === 'not') return !boolOf(operand)
    return operator === '-' ? negate(operand) : operand
  }

  #binary(node: BinaryNode, frame: Frame): Value {
    const { operator } = node
    const left = this.operand(node.left, frame)
    if (operator === '??') return isNil(left) ? this.operand(node.right, frame) : left
    if (operator === 'and' || operator === '&&') return boolOf(left) ? this.operand(node.right, frame) : false
    if (operator === 'or' || operator === '||') return boolOf(left) ? true : this.operand(node.right, frame)
    const right = this.operand(node.right, frame)
    this.at = node.at
    const operation = operationOf(operator)
    const result = operation === undefined ? this.#relation(node, left, right) : operation(left, right)
    return typeof result === 'string' ? this.budget.write(result) : result
  }

  #relation({ operator, left: leftNode, right: rightNode }: BinaryNode, left: Value, right: Value): Value {
    switch (operator) {
      case '==':
      case '!=': {
        expectStaticType(leftNode, rightNode, left, right)
        this.#searchWork(left)
        return equal(left, right) === (operator === '==')
      }
      case 'in':
        this.#searchWork(right)
        return contains(left, right)
      case '..':
        return this.#range(left, right)
      case 'matches':
        return this.#matches(left, right)
      default:
        return this.#textRelation(operator, left, right)
    }
  }

  #searchWork(value: Value): void {
    if (value instanceof List) this.budget.work(value.items.length)
  }

  #range(left: Value, right: Value): Value {
    const [from, to] = [intArgument(left), intArgument(right)]
    const size = to < from ? 0n : to - from + 1n
    this.budget.grow(Number(size))
    return new List(
      intSliceType,
      Array.from({ length: Number(size) }, (_, index) => from + BigInt(index)),
    )
  }

  #matches(left: Value, right: Value): Value {
    if (isNil(left) || isNil(right)) return false
    if (typeof right !== 'string') throw conversionError(typeName(right), 'string')
    const text = typeof left === 'string' ? left : byteText(left)
    if (text === undefined) throw conversionError(typeName(left), '[]uint8')
    try {
      const pattern = compileRegexp(right)
      this.budget.work(Math.ceil((text.length * pattern.size) / 8))
      return pattern.matches(text)
    } catch (error) {
      if (error instanceof RegexpSyntaxError) throw runError(error.message)
      throw error
    }
  }

  #textRelation(operator: string, left: Value, right: Value): Value {
    if (isNil(left) || isNil(right)) return false
    if (typeof left !== 'string') throw conversionError(typeName(left), 'string')
    if (typeof right !== 'string') throw conversionError(typeName(right), 'string')
    if (operator === 'contains') return left.includes(right)
    return operator === 'startsWith' ? left.startsWith(right) : left.endsWith(right)
  }

  #chain(node: Node, frame: Frame): Value {
    const value = this.#visit(node, frame)
    return value === ended || isNil(value) ? null : value
  }

  #member(node: MemberNode, frame: Frame): Value | typeof ended {
    const object = this.#visit(node.object, frame)
    if (object === ended) return ended
    if (node.optional && isNil(object)) return ended
    const key = this.operand(node.property, frame)
    this.at = node.at
    return fetch(object, key)
  }

  #slice(node: SliceNode, frame: Frame): Value {
    const object = this.evaluate(node.object, frame)
    const to = node.to === undefined ? openEnd(object) : this.operand(node.to, frame)
    const from = node.from === undefined ? 0n : this.operand(node.from, frame)
    this.at = node.at
    return sliceValue(object, from, to)
  }

  #call(node: CallNode, frame: Frame): Value | typeof ended {
    const args = node.args.map((arg) => this.evaluate(arg, frame))
    const callee = this.#visit(node.callee, frame)
    if (callee === ended) return ended
    this.at = node.at
    if (callee === null) throw runError('invalid operation: cannot call nil')
    if (!(callee instanceof Func))
      throw runError(`invalid operation: cannot call non-function of type ${typeName(callee)}`)
    const wanted = callee.type.params?.length ?? 0
    if (args.length !== wanted) {
      throw runError(`invalid number of arguments: expected ${wanted}, got ${args.length}`)
    }
    return callee.call(args)
  }

  #builtin(node: BuiltinNode, frame: Frame): Value {
    const builtin = builtins.get(node.name)
    if (builtin === undefined) return runLoop(this, node, frame)
    const args = node.args.map((arg) => this.operand(arg, frame))
    this.at = node.at
    return builtin(args, { budget: this.budget, now: this.#surroundings.now })
  }

  #let(name: string, value: Node, body: Node, frame: Frame): Value {
    const variables = new Map(frame.variables).set(name, this.evaluate(value, frame))
    return this.evaluate(body, { ...frame, variables })
  }

  #array(nodes: readonly Node[], frame: Frame): Value {
    const items = nodes.map((item) => this.evaluate(item, frame))
    this.budget.grow(items.length)
    return list(items)
  }

  #map({ pairs, at }: MapNode, frame: Frame): Value {
    const entries = pairs.map(({ key, value }) => [this.evaluate(key, frame), this.evaluate(value, frame)] as const)
    this.at = at
    this.budget.grow(entries.length)
    // From the last to the first, as published: of two equal keys the first one counts.
    return stringMap(
      entries.toReversed().map(([key, value]) => {
        if (typeof key === 'string') return [key, value]
        throw conversionError(key === null ? 'nil' : typeName(key), 'string')
      }),
    )
  }
}

const pointer = (name: string, { loop }: Frame): Value => {
  if (loop === undefined) throw runError('cannot use pointer accessor outside predicate')
  if (name === 'index') return BigInt(loop.index)
  return name === 'acc' ? loop.accumulator : loop.item()
}

/** Where both sides are ints (or strings) by type, the engine compares them as such and insists on it. */
const expectStaticType = (leftNode: Node, rightNode: Node, left: Value, right: Value): void => {
  const [a, b] = [leftNode.nature.type, rightNode.nature.type]
  if (a === undefined || b === undefined || a.kind !== b.kind || a.package !== '' || b.package !== '') return
  if (a.kind !== 'int' && a.kind !== 'string') return
  const fits = a.kind === 'int' ? 'bigint' : 'string'
  const misfit = typeof left !== fits ? left : right
  if (typeof misfit !== fits) throw conversionError(misfit === null ? 'nil' : typeName(misfit), a.kind)
}

const openEnd = (value: Value): Value => {
  if (typeof value === 'string') return BigInt(byteLength(value))
  if (value instanceof List) return BigInt(value.items.length)
  if (value instanceof Dictionary) return BigInt(value.entries.size)
  throw runError(`invalid argument for len (type ${typeName(value)})`)
}
