import type { Node } from './ast.ts'
import { ExprError } from './expr-error.ts'
import type { Nature } from './nature.ts'

/** What is in scope at a place of the expression while it is checked. */
export interface CheckContext {
  readonly environment: ReadonlyMap<string, Nature>
  /** Declared by `let`, innermost last. */
  readonly variables: { readonly name: string; readonly nature: Nature }[]
  /** The builtins being looped, innermost last: what `#` stands for, and the names after it. */
  readonly scopes: { readonly collection: Nature; readonly names: ReadonlyMap<string, Nature> }[]
  /** Checks a node of the same scope. */
  readonly visit: (node: Node) => Nature
}

/** Refuses the expression because of `node`. */
export const reject = (node: Node, message: string): never => {
  throw new ExprError('compile', message, node.at)
}
