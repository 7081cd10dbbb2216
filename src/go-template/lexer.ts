import { describeCharacter, quoteString } from '../lib/go-string.ts'
import { keywords, type Token, type TokenKind } from './token.ts'

const opening = '{{'
const closing = '}}'
const word = /[\p{L}\p{Nd}_]/u
const wordRun = /[\p{L}\p{Nd}_]*/uy
const spaceRun = /[ \t\r\n]+/y
const trimmedClosing = /[ \t\r\n]-\}\}/y

const number = new RegExp(
  [
    '[-+]?',
    '(?:0[xX][0-9a-fA-F_]*(?:\\.[0-9a-fA-F_]*)?(?:[pP][-+]?[0-9_]*)?',
    '|0[oO][0-7_]*(?:\\.[0-7_]*)?',
    '|0[bB][01_]*(?:\\.[01_]*)?',
    '|[0-9_]*(?:\\.[0-9_]*)?(?:[eE][-+]?[0-9_]*)?)',
    'i?',
  ].join(''),
  'y',
)

/** Literals that end at their own quote, by that quote: the pattern, the kind, and what Go says of one without an end. */
const quoted: Readonly<Record<string, readonly [RegExp, TokenKind, string]>> = {
  '"': [/"(?:\\[^\n]|[^"\\\n])*"/y, 'string', 'unterminated quoted string'],
  "'": [/'(?:\\[^\n]|[^'\\\n])*'/y, 'character', 'unterminated character constant'],
  '`': [/`[^`]*`/y, 'rawString', 'unterminated raw quoted string'],
}

const single: Readonly<Record<string, TokenKind>> = { '=': 'assign', '|': 'pipe' }

class Lexer {
  readonly #text: string
  readonly #tokens: Token[] = []
  #at = 0
  #line = 1
  #counted = 0
  #depth = 0

  constructor(text: string) {
    this.#text = text
  }

  run(): readonly Token[] {
    while (this.#outside() && this.#inside());
    if (this.#tokens.at(-1)?.kind !== 'error') this.#add('end', '')
    return this.#tokens
  }

  #lineOf(at: number): number {
    for (; this.#counted < at; this.#counted += 1) if (this.#text[this.#counted] === '\n') this.#line += 1
    return this.#line
  }

  /** Adds a token that begins where the lexer stands, and steps over it. */
  #add(kind: TokenKind, text: string): true {
    this.#tokens.push({ kind, text, at: this.#at, line: this.#lineOf(this.#at) })
    this.#at += text.length
    return true
  }

  #fail(message: string): false {
    this.#tokens.push({ kind: 'error', text: message, at: this.#at, line: this.#lineOf(this.#at) })
    return false
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at
    return pattern.exec(this.#text)?.[0]
  }

  #peek(offset = 0): string {
    const code = this.#text.codePointAt(this.#at + offset)
    return code === undefined ? '' : String.fromCodePoint(code)
  }

  /** Reads text up to the next action, and the action's beginning. False at the end, and after an error. */
  #outside(): boolean {
    const found = this.#text.indexOf(opening, this.#at)
    const until = found === -1 ? this.#text.length : found
    const isTrimmed = found !== -1 && /^-[ \t\r\n]/.test(this.#text.slice(found + 2, found + 4))
    const text = this.#text.slice(this.#at, until)
    const kept = isTrimmed ? text.replace(/[ \t\r\n]+$/, '') : text
    if (kept !== '') this.#add('text', kept)
    this.#at = until
    if (found === -1) return false
    const skipped = isTrimmed ? 4 : 2
    if (this.#text.startsWith('/*', found + skipped)) return this.#comment(found + skipped) && this.#outside()
    this.#add('open', opening)
    this.#at = found + skipped
    this.#depth = 0
    return true
  }

  #comment(start: number): boolean {
    this.#at = start
    const end = this.#text.indexOf('*/', start + 2)
    if (end === -1) return this.#fail('unclosed comment')
    this.#at = end + 2
    if (this.#match(trimmedClosing) !== undefined) {
      this.#at += 4
      this.#at += this.#match(spaceRun)?.length ?? 0
      return true
    }
    if (!this.#text.startsWith(closing, this.#at)) return this.#fail('comment ends before closing delimiter')
    this.#at += 2
    return true
  }

  /** Reads an action up to and including its end. False after an error. */
  #inside(): boolean {
    for (;;) {
      const isTrimmed = this.#match(trimmedClosing) !== undefined
      if (isTrimmed || this.#text.startsWith(closing, this.#at)) {
        if (this.#depth > 0) return this.#fail('unclosed left paren')
        if (isTrimmed) this.#at += 2
        this.#add('close', closing)
        if (isTrimmed) this.#at += this.#match(spaceRun)?.length ?? 0
        return true
      }
      if (!this.#piece()) return false
    }
  }

  #piece(): boolean {
    const first = this.#peek()
    if (first === '') return this.#fail('unclosed action')
    const space = this.#match(spaceRun)
    if (space !== undefined) return this.#space(space)
    const kind = single[first]
    if (kind !== undefined) return this.#add(kind, first)
    if (first === ':') return this.#peek(1) === '=' ? this.#add('declare', ':=') : this.#fail('expected :=')
    if (first === '(' || first === ')') return this.#parenthesis(first)
    const literal = quoted[first]
    if (literal !== undefined) {
      const text = this.#match(literal[0])
      return text === undefined ? this.#fail(literal[2]) : this.#add(literal[1], text)
    }
    if (first === '$' || (first === '.' && !/^[0-9]/.test(this.#peek(1)))) return this.#name(first)
    if (/[-+.0-9]/.test(first)) return this.#number()
    if (word.test(first)) return this.#word()
    if (/^[!-~]$/.test(first)) return this.#add('punctuation', first)
    return this.#fail(`unrecognized character in action: ${describeCharacter(first)}`)
  }

  /** The last space before a trimming end belongs to that end. */
  #space(space: string): true {
    const end = this.#at + space.length
    const isTrimmed = this.#text.startsWith(`-${closing}`, end)
    const kept = isTrimmed ? space.slice(0, -1) : space
    return kept === '' ? true : this.#add('space', kept)
  }

  #parenthesis(which: '(' | ')'): boolean {
    this.#depth += which === '(' ? 1 : -1
    return this.#depth < 0 ? this.#fail('unexpected right paren') : this.#add(which, which)
  }

  #isEndOfWord(at: number): boolean {
    return at >= this.#text.length || /[ \t\r\n.,|:)(]/.test(this.#text[at] ?? '') || this.#text.startsWith(closing, at)
  }

  #badCharacter(at: number): false {
    return this.#fail(`bad character ${describeCharacter(String.fromCodePoint(this.#text.codePointAt(at) ?? 0))}`)
  }

  /** `$name`, `.name`, or one of the two signs alone. */
  #name(sign: string): boolean {
    if (this.#isEndOfWord(this.#at + 1)) return this.#add(sign === '$' ? 'variable' : 'dot', sign)
    wordRun.lastIndex = this.#at + 1
    const text = sign + (wordRun.exec(this.#text)?.[0] ?? '')
    if (!this.#isEndOfWord(this.#at + text.length)) return this.#badCharacter(this.#at + text.length)
    return this.#add(sign === '$' ? 'variable' : 'field', text)
  }

  #word(): boolean {
    const text = this.#match(wordRun) ?? ''
    if (!this.#isEndOfWord(this.#at + text.length)) return this.#badCharacter(this.#at + text.length)
    if (keywords.has(text)) return this.#add('keyword', text)
    if (text === 'nil') return this.#add('nil', text)
    return this.#add(text === 'true' || text === 'false' ? 'bool' : 'identifier', text)
  }

  #number(): boolean {
    const text = this.#match(number) ?? ''
    const next = this.#peek(text.length)
    // A second sign begins the imaginary part of a complex number, which nothing in a template computes with.
    if (!word.test(next) && next !== '+' && next !== '-') return this.#add('number', text)
    return this.#fail(`bad number syntax: ${quoteString(text + next)}`)
  }
}

/** The tokens of a template's text. The last one is `end`, or `error` for a text that cannot be read further. */
export const tokensOf = (text: string): readonly Token[] => new Lexer(text).run()
