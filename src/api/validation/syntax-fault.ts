import { pointAt } from '../../expr/expr-error.ts'

/** Where a text is wrong, in UTF-16 units from its start, and why. */
export interface SyntaxFault {
  readonly offset: number
  readonly message: string
}

/** A fault as people read it: what is wrong, then the line of the text with a caret under the place. */
export const describeSyntaxFault = (text: string, { offset, message }: SyntaxFault): string => {
  const { line, column, snippet } = pointAt(text, Array.from(text.slice(0, offset)).length)
  return `${message} (${line}:${column})${snippet === '' ? '' : `\n${snippet}`}`
}
