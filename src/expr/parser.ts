import type { BinaryNode, BuiltinNode, MemberNode, Node, PairNode } from './ast.ts'
import { isBuiltinName, predicateBuiltins } from './builtins/signatures.ts'
import { byteLiteral, parseNumberLiteral } from './literals.ts'
import { unknown } from './nature.ts'
import { binaryPrecedence, comparisons, negatableOperators, rightAssociative, unaryPrecedence } from './operators.ts'
import { isWord, type Token } from './token.ts'
import { TokenStream } from './token-stream.ts'
import { refuseDeepTrees, tooDeep } from './tree-depth.ts'

/** As in the published engine: an expression of more nodes does not compile. */
const maximumNodes = 10_000
/** Ours: deeper nesting would exhaust the stack of the parser. */
const maximumNesting = 400

/** Parses an expression. Throws {@link ExprError} of stage compile, with the place. */
export const parse = (expression: string): Node => {
  const root = new Parser(expression).parse()
  refuseDeepTrees(root)
  return root
}

class Parser {
  readonly #tokens: TokenStream
  #nodes = 0
  #depth = 0
  #predicates = 0

  constructor(expression: string) {
    this.#tokens = new TokenStream(expression)
  }

  parse(): Node {
    const node = this.#sequence()
    if (!this.#tokens.is('EOF')) this.#tokens.unexpected()
    return node
  }

  #node<N extends Node>(node: N): N {
    this.#nodes += 1
    if (this.#nodes > maximumNodes) this.#tokens.fail('compilation failed: expression exceeds maximum allowed nodes')
    return node
  }

  #sequence(): Node {
    const first = this.#expression(0)
    const nodes = [first]
    while (this.#tokens.accept('Operator', ';')) {
      if (this.#tokens.is('EOF')) break
      nodes.push(this.#expression(0))
    }
    return nodes.length === 1 ? first : this.#node({ kind: 'sequence', nodes, at: first.at, nature: unknown })
  }

  #expression(precedence: number): Node {
    this.#depth += 1
    if (this.#depth > maximumNesting) this.#tokens.fail(tooDeep)
    try {
      if (precedence === 0 && this.#tokens.is('Operator', 'let')) return this.#let()
      if (precedence === 0 && this.#tokens.is('Operator', 'if')) return this.#if()
      const node = this.#binary(this.#primary(), precedence)
      return precedence === 0 ? this.#ternary(node) : node
    } finally {
      this.#depth -= 1
    }
  }

  #binary(start: Node, precedence: number): Node {
    let left = start
    let previous = ''
    while (this.#tokens.current.kind === 'Operator') {
      const negated = this.#negation(precedence)
      const operator = this.#tokens.current
      const binding = binaryPrecedence.get(operator.value)
      if (negated === 'none' || binding === undefined || binding < precedence) break
      this.#tokens.next()
      left = this.#operation(left, operator, binding, previous)
      if (negated === 'negated') {
        left = this.#node({ kind: 'unary', operator: 'not', operand: left, at: operator.at, nature: unknown })
      }
      previous = operator.value
    }
    return left
  }

  /** Steps over the `not` of `not in`; `none` if there is a `not` that binds too weakly here. */
  #negation(precedence: number): 'plain' | 'negated' | 'none' {
    const not = this.#tokens.current
    if (not.value !== 'not') return 'plain'
    this.#tokens.next()
    const { value } = this.#tokens.current
    if (!negatableOperators.has(value)) this.#tokens.unexpected()
    if ((binaryPrecedence.get(value) ?? 0) >= precedence) return 'negated'
    this.#tokens.putBack(not)
    return 'none'
  }

  #operation(left: Node, operator: Token, binding: number, previous: string): Node {
    if (operator.value === '|') {
      const name = this.#tokens.current
      this.#tokens.expect('Identifier')
      return this.#call(name, [left])
    }
    if (previous === '??' && operator.value !== '??') {
      const message = `Operator (${operator.value}) and coalesce expressions (??) cannot be mixed. Wrap either by parentheses.`
      this.#tokens.fail(message, operator)
    }
    if (comparisons.has(operator.value)) return this.#comparison(left, operator, binding)
    const right = this.#expression(rightAssociative.has(operator.value) ? binding : binding + 1)
    return this.#binaryNode(operator.value, left, right, operator)
  }

  #binaryNode(operator: string, left: Node, right: Node, { at }: Token): BinaryNode {
    return this.#node({ kind: 'binary', operator, left, right, at, nature: unknown })
  }

  #comparison(start: Node, first: Token, binding: number): Node {
    let root: Node | undefined
    let left = start
    let operator = first
    for (;;) {
      const right = this.#expression(binding + 1)
      const comparison = this.#binaryNode(operator.value, left, right, operator)
      root = root === undefined ? comparison : this.#binaryNode('&&', root, comparison, operator)
      left = right
      operator = this.#tokens.current
      if (operator.kind !== 'Operator' || !comparisons.has(operator.value)) return root
      this.#tokens.next()
    }
  }

  #let(): Node {
    this.#tokens.next()
    const name = this.#tokens.current
    this.#tokens.expect('Identifier')
    this.#tokens.expect('Operator', '=')
    const value = this.#expression(0)
    this.#tokens.expect('Operator', ';')
    const body = this.#sequence()
    return this.#node({ kind: 'let', name: name.value, value, body, at: name.at, nature: unknown })
  }

  #if(): Node {
    const { at } = this.#tokens.current
    this.#tokens.next()
    const condition = this.#expression(0)
    const yes = this.#block()
    this.#tokens.expect('Operator', 'else')
    const no = this.#tokens.is('Operator', 'if') ? this.#expression(0) : this.#block()
    return this.#node({ kind: 'conditional', condition, yes, no, at, nature: unknown })
  }

  #block(): Node {
    this.#tokens.expect('Bracket', '{')
    const node = this.#sequence()
    this.#tokens.expect('Bracket', '}')
    return node
  }

  #ternary(start: Node): Node {
    let node = start
    while (this.#tokens.is('Operator', '?')) {
      const { at } = this.#tokens.current
      this.#tokens.next()
      let yes = node
      if (!this.#tokens.accept('Operator', ':')) {
        yes = this.#expression(0)
        this.#tokens.expect('Operator', ':')
      }
      const no = this.#expression(0)
      node = this.#node({ kind: 'conditional', condition: node, yes, no, at, nature: unknown })
    }
    return node
  }

  #primary(): Node {
    const token = this.#tokens.current
    const binding = token.kind === 'Operator' ? unaryPrecedence.get(token.value) : undefined
    if (binding !== undefined) {
      this.#tokens.next()
      const operand = this.#expression(binding)
      return this.#postfix(this.#node({ kind: 'unary', operator: token.value, operand, at: token.at, nature: unknown }))
    }
    if (this.#tokens.accept('Bracket', '(')) {
      const node = this.#sequence()
      this.#tokens.expect('Bracket', ')')
      return this.#postfix(node)
    }
    if (this.#predicates > 0 && token.kind === 'Operator' && (token.value === '#' || token.value === '.')) {
      return this.#pointer(token)
    }
    if (this.#tokens.accept('Operator', '::')) {
      const name = this.#tokens.current
      this.#tokens.expect('Identifier')
      return this.#postfix(this.#call(name, []))
    }
    return this.#operand(token)
  }

  #pointer({ value, at }: Token): Node {
    let name = ''
    if (value === '#') {
      this.#tokens.next()
      if (this.#tokens.is('Identifier')) {
        name = this.#tokens.current.value
        this.#tokens.next()
      }
    }
    return this.#postfix(this.#node({ kind: 'pointer', name, at, nature: unknown }))
  }

  #operand(token: Token): Node {
    const { at, value } = token
    switch (token.kind) {
      case 'Identifier':
        this.#tokens.next()
        return this.#identifier(token)
      case 'Number':
        this.#tokens.next()
        return this.#number(token)
      case 'String':
        this.#tokens.next()
        return this.#postfix(this.#node({ kind: 'string', value, at, nature: unknown }))
      case 'Bytes':
        this.#tokens.next()
        return this.#postfix(this.#node({ kind: 'constant', value: byteLiteral(value), at, nature: unknown }))
      default:
        if (this.#tokens.is('Bracket', '[')) return this.#postfix(this.#array(at))
        if (this.#tokens.is('Bracket', '{')) return this.#postfix(this.#map(at))
        return this.#tokens.unexpected()
    }
  }

  #identifier(token: Token): Node {
    const { value: name, at } = token
    if (name === 'true' || name === 'false') {
      return this.#node({ kind: 'bool', value: name === 'true', at, nature: unknown })
    }
    if (name === 'nil') return this.#node({ kind: 'nil', at, nature: unknown })
    if (this.#tokens.is('Bracket', '(')) return this.#postfix(this.#call(token, []))
    return this.#postfix(this.#node({ kind: 'identifier', name, at, nature: unknown }))
  }

  #number({ value, at }: Token): Node {
    const number = parseNumberLiteral(value)
    if ('error' in number) return this.#tokens.fail(number.error)
    if ('float' in number) return this.#node({ kind: 'float', value: number.float, at, nature: unknown })
    return this.#node({ kind: 'integer', value: number.integer, at, nature: unknown })
  }

  /** A call; through a pipe, `given` holds what stands before it. */
  #call({ value: name, at }: Token, given: readonly Node[]): Node {
    const shape = predicateBuiltins.get(name)
    if (shape !== undefined) return this.#predicateCall(name, at, given, shape)
    if (isBuiltinName(name))
      return this.#node({ kind: 'builtin', name, args: [...given, ...this.#list('(', ')')], at, nature: unknown })
    const callee = this.#node({ kind: 'identifier', name, at, nature: unknown })
    return this.#node({ kind: 'call', callee, args: [...given, ...this.#list('(', ')')], at, nature: unknown })
  }

  /** Expressions between commas and brackets; one comma may trail. */
  #list(open: string, close: string): Node[] {
    const nodes: Node[] = []
    this.#tokens.expect('Bracket', open)
    while (!this.#tokens.is('Bracket', close)) {
      if (nodes.length > 0) this.#tokens.expect('Operator', ',')
      if (this.#tokens.is('Bracket', close)) break
      nodes.push(this.#expression(0))
    }
    this.#tokens.expect('Bracket', close)
    return nodes
  }

  #predicateCall(name: string, at: number, given: readonly Node[], shape: readonly string[]): BuiltinNode {
    const args = [...given]
    this.#tokens.expect('Bracket', '(')
    const wanted = shape.slice(given.length)
    for (const [index, kind] of wanted.entries()) {
      if (this.#tokens.is('Bracket', ')')) {
        if (kind.endsWith('?')) break
        this.#tokens.fail(`expected at least ${wanted.length} arguments`)
      }
      if (index > 0) this.#tokens.expect('Operator', ',')
      args.push(kind.startsWith('predicate') ? this.#predicate() : this.#expression(0))
    }
    this.#tokens.accept('Operator', ',')
    this.#tokens.expect('Bracket', ')')
    return this.#node({ kind: 'builtin', name, args, at, nature: unknown })
  }

  #predicate(): Node {
    const { at } = this.#tokens.current
    const braced = this.#tokens.accept('Bracket', '{')
    this.#predicates += 1
    const body = braced ? this.#sequence() : this.#expression(0)
    if (!braced && this.#tokens.is('Operator', ';')) this.#tokens.fail('wrap predicate with brackets { and }')
    this.#predicates -= 1
    if (braced) this.#tokens.expect('Bracket', '}')
    return this.#node({ kind: 'predicate', body, at, nature: unknown })
  }

  #array(at: number): Node {
    return this.#node({ kind: 'array', nodes: this.#list('[', ']'), at, nature: unknown })
  }

  #map(at: number): Node {
    const pairs: PairNode[] = []
    this.#tokens.expect('Bracket', '{')
    while (!this.#tokens.is('Bracket', '}')) {
      if (pairs.length > 0) {
        this.#tokens.expect('Operator', ',')
        if (this.#tokens.is('Bracket', '}')) break
        if (this.#tokens.is('Operator', ',')) this.#tokens.unexpected()
      }
      const key = this.#mapKey()
      this.#tokens.expect('Operator', ':')
      pairs.push({ key, value: this.#expression(0) })
      this.#nodes += 1
    }
    this.#tokens.expect('Bracket', '}')
    return this.#node({ kind: 'map', pairs, at, nature: unknown })
  }

  #mapKey(): Node {
    const { kind, value, at } = this.#tokens.current
    if (kind === 'Number' || kind === 'String' || kind === 'Identifier') {
      this.#tokens.next()
      return this.#node({ kind: 'string', value, at, nature: unknown })
    }
    if (this.#tokens.is('Bracket', '(')) return this.#expression(0)
    return this.#tokens.failAt(
      'a map key must be a quoted string, a number, a identifier, or an expression enclosed in parentheses',
    )
  }

  #postfix(start: Node): Node {
    let node = start
    for (;;) {
      const { value, kind } = this.#tokens.current
      if (kind === 'Operator' && (value === '.' || value === '?.')) node = this.#link(node, value === '?.')
      else if (kind === 'Bracket' && value === '[') node = this.#index(node, false)
      else break
    }
    return node
  }

  /** What follows a dot: a name, a call, or after `?.` an index. */
  #link(node: Node, optional: boolean): Node {
    this.#tokens.next()
    if (optional && this.#tokens.is('Bracket', '[')) return this.#index(node, true)
    const { kind, value, at } = this.#tokens.current
    this.#tokens.next()
    if (kind !== 'Identifier' && (kind !== 'Operator' || !isWord(value))) this.#tokens.fail('expected name')
    const property = this.#node({ kind: 'string', value, at, nature: unknown })
    const object = node.kind === 'chain' ? node.node : node
    const member: MemberNode = this.#node({
      kind: 'member',
      object,
      property,
      optional,
      method: this.#tokens.is('Bracket', '('),
      at,
      nature: unknown,
    })
    const linked = member.method
      ? this.#node({ kind: 'call', callee: member, args: this.#list('(', ')'), at, nature: unknown })
      : member
    if (node.kind !== 'chain' && !optional) return linked
    return this.#node({ kind: 'chain', node: linked, at, nature: unknown })
  }

  #index(node: Node, optional: boolean): Node {
    const { at } = this.#tokens.current
    this.#tokens.next()
    const from = this.#tokens.is('Operator', ':') ? undefined : this.#expression(0)
    if (this.#tokens.accept('Operator', ':')) {
      const to = this.#tokens.is('Bracket', ']') ? undefined : this.#expression(0)
      this.#tokens.expect('Bracket', ']')
      return this.#node({ kind: 'slice', object: node, ...(from && { from }), ...(to && { to }), at, nature: unknown })
    }
    this.#tokens.expect('Bracket', ']')
    if (from === undefined) return this.#tokens.unexpected()
    const member = this.#node({
      kind: 'member',
      object: node,
      property: from,
      optional,
      method: false,
      at,
      nature: unknown,
    })
    return optional ? this.#node({ kind: 'chain', node: member, at, nature: unknown }) : member
  }
}
