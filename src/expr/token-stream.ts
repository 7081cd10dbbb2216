import { quoteString } from '../lib/go-string.ts'
import { ExprError } from './expr-error.ts'
import { Lexer } from './lexer.ts'
import type { Token, TokenKind } from './token.ts'

/** A token as messages show it. */
const describeToken = ({ kind, value }: Token): string => (value === '' ? kind : `${kind}(${quoteString(value)})`)

/** The parser's view of the tokens: one at a time, and one that can be put back. */
export class TokenStream {
  readonly #lexer: Lexer
  #current: Token
  #stashed: Token | undefined

  constructor(expression: string) {
    this.#lexer = new Lexer(expression)
    this.#current = this.#lexer.next()
  }

  get current(): Token {
    return this.#current
  }

  /** Steps over the current token. There is nothing to step to after the end. */
  next(): void {
    if (this.#current.kind === 'EOF' && this.#stashed === undefined) this.fail('unexpected end of expression')
    this.#current = this.#stashed ?? this.#lexer.next()
    this.#stashed = undefined
  }

  /** Goes back to `token`, which was read before the current one. */
  putBack(token: Token): void {
    this.#stashed = this.#current
    this.#current = token
  }

  is(kind: TokenKind, value?: string): boolean {
    return this.#current.kind === kind && (value === undefined || this.#current.value === value)
  }

  /** Steps over the current token if it is this one. */
  accept(kind: TokenKind, value: string): boolean {
    if (!this.is(kind, value)) return false
    this.next()
    return true
  }

  /** Steps over a token that must be there. */
  expect(kind: TokenKind, value?: string): void {
    if (!this.is(kind, value)) this.unexpected()
    this.next()
  }

  unexpected(token = this.#current): never {
    this.fail(`unexpected token ${describeToken(token)}`, token)
  }

  fail(message: string, token = this.#current): never {
    throw new ExprError('compile', message, token.at)
  }

  /** Fails on a map key: the message shows the token there. */
  failAt(message: string): never {
    this.fail(`${message} (unexpected token ${describeToken(this.#current)})`)
  }
}
