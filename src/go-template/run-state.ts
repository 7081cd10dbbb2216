import { ExprError } from '../expr/expr-error.ts'
import { byteLength, quoteString } from '../lib/go-string.ts'
import { Budget } from './budget.ts'
import { sourceOf, type TemplateNode } from './node.ts'
import type { TemplateSet } from './parser.ts'
import { FunctionError, TemplateError } from './template-error.ts'
import type { Cell, RunSources, TemplateFunctions } from './template-function.ts'
import { Variables } from './variables.ts'

/** A compiled text. */
export interface CompiledText {
  readonly name: string
  readonly text: string
  readonly templates: TemplateSet
  readonly functions: TemplateFunctions
}

/** One run of a template: its variables, what it may still use, and the place that a message would name. */
export class RunState {
  readonly compiled: CompiledText
  readonly sources: RunSources
  readonly budget = new Budget()
  variables: Variables
  /** What is being evaluated. */
  node: TemplateNode | undefined
  /** The template that it is a part of. */
  template: string

  constructor(compiled: CompiledText, sources: RunSources, data: Cell) {
    this.compiled = compiled
    this.sources = sources
    this.variables = new Variables(data)
    this.template = compiled.name
  }

  /** Tells the place of what functions and limits refuse. */
  attempt<T>(act: () => T, explain: (message: string) => string = (message) => message): T {
    try {
      return act()
    } catch (error) {
      if (error instanceof TemplateError) throw error
      if (error instanceof FunctionError || error instanceof ExprError) throw this.error(explain(error.message), error)
      throw error
    }
  }

  /** An error at the place that the run is at. */
  error(message: string, cause?: unknown): TemplateError {
    const { name, text } = this.compiled
    const before = text.slice(0, this.node?.at ?? 0)
    const line = before.split('\n').length
    const column = byteLength(before.slice(before.lastIndexOf('\n') + 1))
    const where = this.node === undefined ? '' : ` at <${sourceOf(this.node)}>`
    return new TemplateError(
      `template: ${name}:${line}:${column}: executing ${quoteString(this.template)}${where}: ${message}`,
      line,
      cause === undefined ? {} : { cause },
    )
  }
}
