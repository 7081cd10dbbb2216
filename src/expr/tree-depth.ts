import { mapChildren, type Node } from './ast.ts'
import { ExprError } from './expr-error.ts'

/** Ours: a deeper tree (a chain of operators makes one without nesting) would exhaust the stack of the checker and the evaluator. */
const maximumDepth = 1_000

/** What is said of expressions that are nested deeper than we follow. */
export const tooDeep = 'compilation failed: expression is nested too deeply'

/** Throws {@link ExprError} for a tree that is too deep; does not recurse itself. */
export const refuseDeepTrees = (root: Node): void => {
  const rest = [{ node: root, depth: 1 }]
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    const { node, depth } = next
    if (depth > maximumDepth) throw new ExprError('compile', tooDeep, node.at)
    mapChildren(node, (child) => {
      rest.push({ node: child, depth: depth + 1 })
      return child
    })
  }
}
