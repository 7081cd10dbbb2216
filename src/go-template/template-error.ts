/**
 * A template that does not compile, or that fails on the given data. The message is Go's (`template: name:1:10: executing …`), with
 * the template's name, line and, while running, column.
 */
export class TemplateError extends Error {
  override readonly name = 'TemplateError'
  /** Line of the template's text, from 1. */
  readonly line: number

  constructor(message: string, line: number, options?: { cause?: unknown }) {
    super(message, options)
    this.line = line
  }
}

/** What a function of a template cannot do with its arguments. The evaluator adds the function's name and the place. */
export class FunctionError extends Error {
  override readonly name = 'FunctionError'
}
