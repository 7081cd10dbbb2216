import { describeCharacter, quoteString } from '../lib/go-string.ts'
import { ExprError } from './expr-error.ts'
import { EscapeError, unescapeBytes, unescapeString } from './string-literal.ts'
import { isWordCharacter, type Token, type TokenKind } from './token.ts'

const wordOperators = new Set(['in', 'or', 'and', 'matches', 'contains', 'startsWith', 'endsWith', 'let', 'if', 'else'])
const negatable = new Set(['in', 'matches', 'contains', 'startsWith', 'endsWith'])

/**
 * Cuts an expression into tokens, one at a time, because the first error in reading order wins: whether it is one of the
 * lexer or one of the parser.
 */
export class Lexer {
  readonly #characters: readonly string[]
  #start = 0
  #end = 0
  readonly #pending: Token[] = []
  #error: ExprError | undefined

  constructor(expression: string) {
    this.#characters = Array.from(expression)
  }

  /** The next token; after the last one, EOF for ever. Throws {@link ExprError}, and the same one again when asked again. */
  next(): Token {
    while (this.#pending.length === 0 && this.#error === undefined) this.#scan()
    if (this.#error !== undefined) throw this.#error
    return this.#pending.shift() ?? { kind: 'EOF', value: '', at: this.#end }
  }

  #peek(): string {
    return this.#characters[this.#end] ?? ''
  }

  #advance(): string {
    const character = this.#peek()
    if (character !== '') this.#end += 1
    return character
  }

  #accept(valid: string): boolean {
    const character = this.#peek()
    if (character === '' || !valid.includes(character)) return false
    this.#end += 1
    return true
  }

  #acceptAll(valid: string): void {
    while (this.#accept(valid));
  }

  #acceptWord(): void {
    while (isWordCharacter(this.#peek())) this.#end += 1
  }

  #text(): string {
    return this.#characters.slice(this.#start, this.#end).join('')
  }

  #emit(kind: TokenKind, value = this.#text()): void {
    this.#pending.push({ kind, value, at: this.#start })
    this.#start = this.#end
  }

  /** What is wrong with the character that was read last, unless told where else. */
  #fail(message: string, at = Math.max(0, this.#end - 1)): void {
    this.#error ??= new ExprError('compile', message, at)
  }

  #scan(): void {
    const character = this.#advance()
    if (character === '') {
      this.#emitEnd()
      return
    }
    if (/^\p{White_Space}$/u.test(character)) {
      this.#start = this.#end
      return
    }
    if (character === "'" || character === '"') {
      this.#string(character)
      return
    }
    if (character === '`') {
      this.#rawString()
      return
    }
    if ((character === 'b' || character === 'B') && /^['"]$/.test(this.#peek())) {
      this.#bytes()
      return
    }
    if (/^[0-9]$/.test(character)) {
      this.#number(this.#start)
      return
    }
    if (character === '/') {
      this.#slash()
      return
    }
    if (character === '#') {
      this.#pointer()
      return
    }
    if ('([{)]}'.includes(character)) {
      this.#emit('Bracket')
      return
    }
    if (character === '.') {
      this.#dot()
      return
    }
    if (this.#operator(character)) {
      this.#emit('Operator')
      return
    }
    if (isWordCharacter(character)) {
      this.#word()
      return
    }
    this.#fail(`unrecognized character: ${describeCharacter(character)}`)
  }

  #emitEnd(): void {
    this.#pending.push({ kind: 'EOF', value: '', at: this.#end })
  }

  /** Takes the rest of an operator that begins with `character`; false if none does. */
  #operator(character: string): boolean {
    if (character === '?') this.#accept('.?')
    else if (character === '|' || character === ':') this.#accept(character)
    else if ('&!=*<>'.includes(character)) this.#accept('&=*')
    else return ',;%+-^'.includes(character)
    return true
  }

  #slash(): void {
    if (this.#accept('/')) {
      while (!['', '\n'].includes(this.#advance()));
    } else if (this.#accept('*')) {
      let previous = ''
      for (let current = this.#advance(); previous !== '*' || current !== '/'; current = this.#advance()) {
        if (current === '') {
          this.#fail('unclosed comment', this.#start)
          return
        }
        previous = current
      }
    } else {
      this.#emit('Operator')
      return
    }
    this.#start = this.#end
  }

  #pointer(): void {
    this.#accept('#')
    this.#emit('Operator')
    this.#acceptWord()
    if (this.#end > this.#start) this.#emit('Identifier')
  }

  #dot(): void {
    if (/^[0-9]$/.test(this.#peek())) {
      this.#number(this.#end)
      return
    }
    this.#accept('.')
    this.#emit('Operator')
  }

  /** Reads a number; of one that begins with a dot, `from` is where the digits begin. */
  #number(from: number): void {
    this.#end = from
    let digits = '0123456789_'
    if (this.#accept('0')) {
      if (this.#accept('xX')) digits = '0123456789abcdefABCDEF_'
      else if (this.#accept('oO')) digits = '01234567_'
      else if (this.#accept('bB')) digits = '01_'
    }
    this.#acceptAll(digits)
    const beforeDot = this.#end
    if (this.#accept('.')) {
      // "1..3" is a range, not "1." and ".3".
      if (this.#peek() === '.') {
        this.#end = beforeDot
        this.#emit('Number')
        return
      }
      this.#acceptAll(digits)
    }
    if (this.#accept('eE')) {
      this.#accept('+-')
      this.#acceptAll(digits)
    }
    if (!isWordCharacter(this.#peek())) {
      this.#emit('Number')
      return
    }
    this.#advance()
    this.#fail(`bad number syntax: ${quoteString(this.#text())}`)
  }

  #word(): void {
    this.#acceptWord()
    const word = this.#text()
    if (word === 'not') {
      this.#not()
      return
    }
    this.#emit(wordOperators.has(word) ? 'Operator' : 'Identifier')
  }

  /** `not in` and its like are two operators, also where the second word would be a name elsewhere. */
  #not(): void {
    this.#emit('Operator')
    this.#acceptAll(' ')
    this.#start = this.#end
    const before = this.#end
    this.#acceptWord()
    if (negatable.has(this.#text())) this.#emit('Operator')
    else this.#end = before
  }

  #string(quote: string): void {
    this.#scanQuoted(quote)
    if (this.#error !== undefined) return
    this.#literal('String', () => unescapeString(this.#text().slice(1, -1)))
  }

  #bytes(): void {
    this.#scanQuoted(this.#advance())
    if (this.#error !== undefined) return
    this.#literal('Bytes', () => Buffer.from(unescapeBytes(this.#text().slice(2, -1))).toString('latin1'))
  }

  #literal(kind: TokenKind, read: () => string): void {
    try {
      this.#emit(kind, read())
    } catch (error) {
      if (!(error instanceof EscapeError)) throw error
      this.#fail(error.message)
    }
  }

  #scanQuoted(quote: string): void {
    for (let character = this.#advance(); character !== quote; character = this.#advance()) {
      if (character === '' || character === '\n') {
        this.#fail('literal not terminated', this.#start)
        return
      }
      if (character === '\\' && !this.#scanEscape(quote)) {
        this.#fail('invalid char escape')
        return
      }
    }
  }

  #scanEscape(quote: string): boolean {
    const character = this.#advance()
    if (character === quote || (character !== '' && 'abfnrtv\\'.includes(character))) return true
    if (/^[0-7]$/.test(character)) return this.#digits('01234567', 2)
    if (character === 'x') return this.#digits('0123456789abcdefABCDEF', 2)
    if (character === 'U') return this.#digits('0123456789abcdefABCDEF', 8)
    if (character !== 'u') return false
    if (!this.#accept('{')) return this.#digits('0123456789abcdefABCDEF', 4)
    const before = this.#end
    this.#acceptAll('0123456789abcdefABCDEF')
    const count = this.#end - before
    return count > 0 && count <= 6 && this.#accept('}')
  }

  #digits(valid: string, count: number): boolean {
    for (let read = 0; read < count; read += 1) if (!this.#accept(valid)) return false
    return true
  }

  #rawString(): void {
    let text = ''
    for (;;) {
      const character = this.#advance()
      if (character === '') {
        this.#fail('literal not terminated', this.#start)
        return
      }
      // A doubled backtick is one in the text.
      if (character === '`' && !this.#accept('`')) break
      text += character
    }
    this.#emit('String', text)
  }
}
