import { ExprError } from '../../expr/expr-error.ts'
import { anyType, stringType } from '../../expr/go-type.ts'
import { toJson } from '../../expr/to-json.ts'
import { fromJson } from '../../expr/value.ts'
import { GoJsonError, parseGoJson } from '../../lib/go-json-parse.ts'
import { FunctionError } from '../template-error.ts'
import { type Cell, type FunctionTable, fixed, type TemplateFunction } from '../template-function.ts'
import { stringOf } from './arguments.ts'

const pretty = (cell: Cell): string => toJson(cell ?? null)

/** Texts in JSON have no line ends of their own, so that all of those are layout, and so is the space after a line's key. */
const compact = (cell: Cell): string =>
  pretty(cell)
    .replace(/^( *"(?:\\.|[^"\\])*"): /gm, '$1:')
    .replace(/\n */g, '')

const htmlCharacters: Readonly<Record<string, string>> = { '\\u003c': '<', '\\u003e': '>', '\\u0026': '&' }

/** An escaped backslash before `u003c` is no escape of it. */
const raw = (cell: Cell): string =>
  compact(cell).replace(/\\\\|\\u00(?:3c|3e|26)/g, (escaped) => htmlCharacters[escaped] ?? escaped)

/** Writes JSON; the function without `must` writes nothing where there is no JSON for a value. */
const writer = (write: (cell: Cell) => string, otherwise?: string): TemplateFunction =>
  fixed([anyType], ([value]) => {
    try {
      return write(value)
    } catch (error) {
      if (error instanceof ExprError && otherwise !== undefined) return otherwise
      throw error
    }
  })

const reader = (isStrict: boolean): TemplateFunction =>
  fixed([stringType], ([text]) => {
    try {
      return fromJson(parseGoJson(stringOf(text)))
    } catch (error) {
      if (!(error instanceof GoJsonError)) throw error
      if (isStrict) throw new FunctionError(error.message, { cause: error })
      return null
    }
  })

/** Sprig's functions of JSON, as Go's encoder writes it. */
export const jsonFunctions: FunctionTable = [
  ['fromJson', reader(false)],
  ['mustFromJson', reader(true)],
  ['toJson', writer(compact, '')],
  ['mustToJson', writer(compact)],
  ['toPrettyJson', writer(pretty, '')],
  ['mustToPrettyJson', writer(pretty)],
  ['toRawJson', writer(raw)],
  ['mustToRawJson', writer(raw)],
]
