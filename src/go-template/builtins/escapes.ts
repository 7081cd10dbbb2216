import { anyType } from '../../expr/go-type.ts'
import { isPrintable } from '../../lib/go-string.ts'
import { sprint } from '../printf.ts'
import { type Cell, type FunctionTable, type TemplateFunction, variadic } from '../template-function.ts'

const htmlEscapes: Readonly<Record<string, string>> = {
  '\0': '\ufffd',
  '"': '&#34;',
  "'": '&#39;',
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
}

const escapeHtml = (text: string): string =>
  text.replace(/[\0"'&<>]/g, (character) => htmlEscapes[character] ?? character)

const unicodeEscape = (code: number): string => `\\u${code.toString(16).toUpperCase().padStart(4, '0')}`

const escapeJavaScriptCharacter = (character: string): string => {
  const code = character.codePointAt(0) ?? 0
  if (character === '\\' || character === "'" || character === '"') return `\\${character}`
  if (/[<>&=]/.test(character) || code < 0x20) return unicodeEscape(code)
  return code < 0x80 || isPrintable(character) ? character : unicodeEscape(code)
}

const escapeJavaScript = (text: string): string => Array.from(text, escapeJavaScriptCharacter).join('')

/** Go's `url.QueryEscape`: a space is `+`, and only letters, digits and `-_.~` stay. */
export const escapeQuery = (text: string): string =>
  encodeURIComponent(text.toWellFormed())
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+')

/** What is escaped: a text alone as it is, everything else as `print` writes it; nil is `<no value>`. */
const textOf = (args: readonly Cell[]): string => {
  const [first] = args
  if (args.length === 1 && typeof first === 'string') return first
  return sprint(args.map((value) => (value === undefined || value === null ? '<no value>' : value)))
}

const escaper = (write: (text: string) => string): TemplateFunction =>
  variadic([], anyType, (args) => write(textOf(args)))

/** Go's builtins that escape. */
export const escapeBuiltins: FunctionTable = [
  ['html', escaper(escapeHtml)],
  ['js', escaper(escapeJavaScript)],
  ['urlquery', escaper(escapeQuery)],
]
