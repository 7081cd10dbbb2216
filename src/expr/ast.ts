import type { Nature } from './nature.ts'
import type { Value } from './value.ts'

interface Located {
  /** Where the node begins, or its operator stands: characters from the start of the expression. */
  readonly at: number
  /** Set by the type checker; unknown before. */
  nature: Nature
}

interface NilNode extends Located {
  readonly kind: 'nil'
}
interface IdentifierNode extends Located {
  readonly kind: 'identifier'
  readonly name: string
}
interface IntegerNode extends Located {
  readonly kind: 'integer'
  readonly value: bigint
}
interface FloatNode extends Located {
  readonly kind: 'float'
  readonly value: number
}
interface BoolNode extends Located {
  readonly kind: 'bool'
  readonly value: boolean
}
interface StringNode extends Located {
  readonly kind: 'string'
  readonly value: string
}
/** Any other value that is already there: byte literals, and lists folded into one value. */
interface ConstantNode extends Located {
  readonly kind: 'constant'
  readonly value: Value
}
export interface UnaryNode extends Located {
  readonly kind: 'unary'
  readonly operator: string
  operand: Node
}
export interface BinaryNode extends Located {
  readonly kind: 'binary'
  readonly operator: string
  left: Node
  right: Node
}
/** The stretch of `a?.b.c` that becomes nil as a whole when an optional link finds nil. */
interface ChainNode extends Located {
  readonly kind: 'chain'
  node: Node
}
export interface MemberNode extends Located {
  readonly kind: 'member'
  object: Node
  property: Node
  readonly optional: boolean
  /** The member is called. */
  method: boolean
}
export interface SliceNode extends Located {
  readonly kind: 'slice'
  object: Node
  from?: Node
  to?: Node
}
export interface CallNode extends Located {
  readonly kind: 'call'
  callee: Node
  args: Node[]
}
export interface BuiltinNode extends Located {
  readonly kind: 'builtin'
  readonly name: string
  args: Node[]
  /** `filter`, `find` and `findLast` after rewriting: what to return of a match, in place of the match. */
  map?: Node
  /** `find` and `findLast` after rewriting an index: fail where nothing matches. */
  throws?: boolean
  /** `count` after rewriting: stop as soon as this many match. */
  threshold?: bigint
}
interface PredicateNode extends Located {
  readonly kind: 'predicate'
  body: Node
}
/** `#`, `#index`, `#acc`. */
export interface PointerNode extends Located {
  readonly kind: 'pointer'
  readonly name: string
}
export interface LetNode extends Located {
  readonly kind: 'let'
  readonly name: string
  value: Node
  body: Node
}
interface SequenceNode extends Located {
  readonly kind: 'sequence'
  nodes: Node[]
}
export interface ConditionalNode extends Located {
  readonly kind: 'conditional'
  condition: Node
  yes: Node
  no: Node
}
export interface ArrayNode extends Located {
  readonly kind: 'array'
  nodes: Node[]
}
export interface PairNode {
  key: Node
  value: Node
}
export interface MapNode extends Located {
  readonly kind: 'map'
  pairs: PairNode[]
}

/** A node of a parsed expression. Only the type checker and the rewriter, which run before it is first evaluated, change one. */
export type Node =
  | NilNode
  | IdentifierNode
  | IntegerNode
  | FloatNode
  | BoolNode
  | StringNode
  | ConstantNode
  | UnaryNode
  | BinaryNode
  | ChainNode
  | MemberNode
  | SliceNode
  | CallNode
  | BuiltinNode
  | PredicateNode
  | PointerNode
  | LetNode
  | SequenceNode
  | ConditionalNode
  | ArrayNode
  | MapNode

/** Replaces each direct child of `node` by what `change` makes of it. */
export const mapChildren = (node: Node, change: (child: Node) => Node): void => {
  switch (node.kind) {
    case 'unary':
      node.operand = change(node.operand)
      return
    case 'binary':
      node.left = change(node.left)
      node.right = change(node.right)
      return
    case 'chain':
      node.node = change(node.node)
      return
    case 'member':
      node.object = change(node.object)
      node.property = change(node.property)
      return
    case 'slice':
      node.object = change(node.object)
      if (node.from !== undefined) node.from = change(node.from)
      if (node.to !== undefined) node.to = change(node.to)
      return
    case 'call':
      node.callee = change(node.callee)
      node.args = node.args.map(change)
      return
    case 'builtin':
      node.args = node.args.map(change)
      return
    case 'predicate':
      node.body = change(node.body)
      return
    case 'let':
      node.value = change(node.value)
      node.body = change(node.body)
      return
    case 'sequence':
    case 'array':
      node.nodes = node.nodes.map(change)
      return
    case 'conditional':
      node.condition = change(node.condition)
      node.yes = change(node.yes)
      node.no = change(node.no)
      return
    case 'map':
      for (const pair of node.pairs) {
        pair.key = change(pair.key)
        pair.value = change(pair.value)
      }
  }
}
