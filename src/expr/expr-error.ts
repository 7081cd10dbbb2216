/** Where a condition failed: while it was read and type-checked, or while it ran on this result. */
export type Stage = 'compile' | 'run'

/** A condition that does not compile, or that fails on the given result. The message is what the published engine says. */
export class ExprError extends Error {
  override readonly name = 'ExprError'
  readonly stage: Stage
  /** Where in the expression, in characters (code points) from its start. Absent where the place is not known. */
  readonly offset: number | undefined

  constructor(stage: Stage, message: string, offset?: number, options?: { cause?: unknown }) {
    super(message, options)
    this.stage = stage
    this.offset = offset
  }
}

/** A failure while running; the evaluator adds the place. */
export const runError = (message: string): ExprError => new ExprError('run', message)

/** Go's panic for a value of an unexpected type behind an interface. `actual` is `nil` or a type's name. */
export const conversionError = (actual: string, wanted: string): ExprError =>
  runError(`interface conversion: interface {} is ${actual}, not ${wanted}`)

/**
 * Shows where in `expression` a character stands: the line, and a caret below the character, in the layout in which the
 * published engine prints errors (` | ` before each line, dots up to the caret). Lines and columns count from 1.
 */
export const pointAt = (expression: string, offset: number): { line: number; column: number; snippet: string } => {
  const characters = Array.from(expression)
  const before = characters.slice(0, offset)
  const start = before.lastIndexOf('\n') + 1
  const end = characters.indexOf('\n', start)
  const text = characters
    .slice(start, end === -1 ? undefined : end)
    .join('')
    .replaceAll('\t', ' ')
  const column = before.length - start
  return {
    line: before.filter((character) => character === '\n').length + 1,
    column: column + 1,
    snippet: text === '' ? '' : ` | ${text}\n | ${'.'.repeat(column)}^`,
  }
}
