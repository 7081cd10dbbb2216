import { accessBuiltins } from './builtins/access.ts'
import { comparisonBuiltins } from './builtins/comparison.ts'
import { controlBuiltins } from './builtins/control.ts'
import { escapeBuiltins } from './builtins/escapes.ts'
import { evaluate } from './evaluation.ts'
import { parseTemplate } from './parser.ts'
import { printBuiltins } from './printf.ts'
import { sprigFunctions } from './sprig/functions.ts'
import { templateData } from './template-data.ts'
import type { RunSources, TemplateFunctions } from './template-function.ts'

const functions: TemplateFunctions = new Map([
  ...accessBuiltins,
  ...comparisonBuiltins,
  ...controlBuiltins,
  ...escapeBuiltins,
  ...printBuiltins,
  // Some hide builtins of the same name, as published: `slice` cuts lists only.
  ...sprigFunctions,
])

/** A compiled template. */
export interface Template {
  /**
   * The text that the template makes of the data: JSON, in which numbers are float64 and functions can be called by `call`, or values of
   * conditions (see `templateData`). Throws TemplateError; nothing of a text that failed half-way is kept.
   */
  render(data: unknown, sources: RunSources): string
}

/**
 * Compiles a Go template (package text/template) with Go's builtins and sprig's functions. `name` is what messages call the template.
 * Throws TemplateError for what does not parse, and for functions that do not exist.
 */
export const compileTemplate = (text: string, name: string): Template => {
  const templates = parseTemplate(name, text, (wanted) => functions.has(wanted))
  const compiled = { name, text, templates, functions }
  return { render: (data, sources) => evaluate(compiled, templateData(data) ?? undefined, sources) }
}
