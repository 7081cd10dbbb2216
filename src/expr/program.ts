import type { Node } from './ast.ts'
import { check } from './check.ts'
import { ExprError } from './expr-error.ts'
import type { Nature } from './nature.ts'
import { optimize } from './optimize.ts'
import { parse } from './parser.ts'

/** Conditions are few and short, but a user may make many templates: what was not used lately is compiled again. */
const maximumPrograms = 1000

const programs = new Map<string, Node | ExprError>()

const compileNow = (expression: string, environment: ReadonlyMap<string, Nature>): Node | ExprError => {
  try {
    const root = parse(expression)
    check(root, environment)
    return optimize(root)
  } catch (error) {
    if (error instanceof ExprError) return error
    throw error
  }
}

/**
 * Parses and type-checks an expression, or finds it among those compiled lately. `environmentKey` names the types of the
 * environment: equal keys must mean equal natures. Throws {@link ExprError} of stage compile.
 */
export const compile = (
  expression: string,
  environmentKey: string,
  environment: () => ReadonlyMap<string, Nature>,
): Node => {
  const key = `${environmentKey}\n${expression}`
  const program = programs.get(key) ?? compileNow(expression, environment())
  programs.delete(key)
  programs.set(key, program)
  const oldest = programs.keys().next().value
  if (programs.size > maximumPrograms && oldest !== undefined) programs.delete(oldest)
  if (program instanceof ExprError) throw program
  return program
}
