import { accessBuiltins } from './builtins/access.ts'
import { comparisonBuiltins } from './builtins/comparison.ts'
import { controlBuiltins } from './builtins/control.ts'
import { escapeBuiltins } from './builtins/escapes.ts'
import { Evaluation } from './evaluation.ts'
import { parseTemplate } from './parser.ts'
import { printBuiltins } from './printf.ts'
import { templateData } from './template-data.ts'
import type { TemplateFunctions } from './template-function.ts'

const builtins: TemplateFunctions = new Map([
  ...accessBuiltins,
  ...comparisonBuiltins,
  ...controlBuiltins,
  ...escapeBuiltins,
  ...printBuiltins,
])

/** A compiled template. */
export interface Template {
  /**
   * The text that the template makes of the data: JSON, in which numbers are float64 and functions can be called by `call`, or values of
   * conditions (see `templateData`). Throws TemplateError; nothing of a text that failed half-way is kept.
   */
  render(data: unknown): string
}

/**
 * Compiles a Go template (package text/template). `functions` come on top of Go's builtins and hide those of the same name; `name` is what
 * messages call the template. Throws TemplateError for what does not parse, and for functions that do not exist.
 */
export const compileTemplate = (
  text: string,
  functions: TemplateFunctions = new Map(),
  name = 'template',
): Template => {
  const all: TemplateFunctions = new Map([...builtins, ...functions])
  const templates = parseTemplate(name, text, (wanted) => all.has(wanted))
  return {
    render: (data) => new Evaluation({ name, text, templates, functions: all }).run(templateData(data) ?? undefined),
  }
}
