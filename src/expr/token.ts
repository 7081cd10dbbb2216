/** The classes of tokens, named as messages name them (`unexpected token Operator("=")`). */
export type TokenKind = 'Identifier' | 'Number' | 'String' | 'Bytes' | 'Operator' | 'Bracket' | 'EOF'

export interface Token {
  readonly kind: TokenKind
  /** The token's text; for literals, what they stand for. Bytes literals hold one character per byte. */
  readonly value: string
  /** Characters from the start of the expression. */
  readonly at: number
}

/** True for characters that names are made of: letters, digits, `_` and `$`. */
export const isWordCharacter = (character: string): boolean => /^[\p{L}\p{Nd}_$]$/u.test(character)

/** True for words that may stand after a dot. */
export const isWord = (text: string): boolean => /^[\p{L}_$][\p{L}\p{Nd}_$]*$/u.test(text)
