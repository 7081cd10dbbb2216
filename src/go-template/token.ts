import { quoteString } from '../lib/go-string.ts'

/** What a piece of a template is. `error` ends the tokens: its text is the message. */
export type TokenKind =
  | 'text'
  | 'open'
  | 'close'
  | 'space'
  | 'assign'
  | 'declare'
  | 'pipe'
  | '('
  | ')'
  | 'dot'
  | 'field'
  | 'variable'
  | 'identifier'
  | 'keyword'
  | 'nil'
  | 'bool'
  | 'number'
  | 'character'
  | 'string'
  | 'rawString'
  | 'punctuation'
  | 'error'
  | 'end'

/** A piece of a template's text. */
export interface Token {
  readonly kind: TokenKind
  readonly text: string
  /** Where it begins, in UTF-16 units. */
  readonly at: number
  /** Line of its beginning, from 1. */
  readonly line: number
}

/** Words that mean something of their own at the beginning of an action. */
export const keywords: ReadonlySet<string> = new Set([
  ...['block', 'break', 'continue', 'define', 'else', 'end', 'if', 'range', 'template', 'with'],
])

/** A token as Go's messages show it: `<if>`, `"x"`, the first ten characters of long ones. */
export const describeToken = ({ kind, text }: Token): string => {
  if (kind === 'end') return 'EOF'
  if (kind === 'error') return text
  if (kind === 'keyword' || kind === 'dot' || kind === 'nil') return `<${text}>`
  return text.length > 10 ? `${quoteString(Array.from(text).slice(0, 10).join(''))}...` : quoteString(text)
}
