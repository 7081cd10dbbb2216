import { ExprError } from '../../expr/expr-error.ts'
import { parse } from '../../expr/parser.ts'
import type { SyntaxFault } from './syntax-fault.ts'

/** Why a condition cannot be read; undefined when it can. Names and types are not looked at: they depend on the result. */
export const conditionFault = (condition: string): SyntaxFault | undefined => {
  try {
    parse(condition)
    return undefined
  } catch (error) {
    if (!(error instanceof ExprError)) throw error
    const { message, offset = 0 } = error
    return { message, offset: Array.from(condition).slice(0, offset).join('').length }
  }
}
