import { stringOfBytes } from '../lib/go-string.ts'

/** A literal whose escapes stand for nothing. The message is Go's. */
export class LiteralError extends Error {
  override readonly name = 'LiteralError'

  constructor() {
    super('invalid syntax')
  }
}

const simple: Readonly<Record<string, number>> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11, '\\': 92 }

const escapePattern = /\\(?:([0-7]{3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([\s\S]))/uy

/** What an escape stands for: bytes for `\377` and `\xff`, a character for all others. */
const readEscape = (text: string, at: number, quote: string): { code: number; isByte: boolean; length: number } => {
  escapePattern.lastIndex = at
  const match = escapePattern.exec(text)
  if (match === null) throw new LiteralError()
  const [whole, octal, hexadecimal, short, long, character = ''] = match
  if (octal !== undefined || hexadecimal !== undefined) {
    const code = octal === undefined ? Number.parseInt(hexadecimal ?? '', 16) : Number.parseInt(octal, 8)
    if (code > 255) throw new LiteralError()
    return { code, isByte: true, length: whole.length }
  }
  const hex = short ?? long
  const code =
    hex === undefined ? (character === quote ? quote.charCodeAt(0) : simple[character]) : Number.parseInt(hex, 16)
  if (code === undefined || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) throw new LiteralError()
  return { code, isByte: false, length: whole.length }
}

/** The text of a string literal with its quotes (Go, `strconv.Unquote`). Throws {@link LiteralError}. */
export const unquoteString = (literal: string): string => {
  const inner = literal.slice(1, -1)
  if (literal.startsWith('`')) return inner.replaceAll('\r', '')
  if (!inner.includes('\\')) return inner
  const parts: Uint8Array[] = []
  for (let at = 0; at < inner.length; ) {
    const next = inner.indexOf('\\', at)
    parts.push(Buffer.from(inner.slice(at, next === -1 ? undefined : next)))
    if (next === -1) break
    const { code, isByte, length } = readEscape(inner, next, '"')
    parts.push(isByte ? Buffer.from([code]) : Buffer.from(String.fromCodePoint(code)))
    at = next + length
  }
  return stringOfBytes(Buffer.concat(parts))
}

/** The code point of a character literal with its quotes; undefined unless it is exactly one. Throws {@link LiteralError}. */
export const unquoteCharacter = (literal: string): number | undefined => {
  const inner = literal.slice(1, -1)
  if (!inner.startsWith('\\')) {
    const characters = Array.from(inner)
    return characters.length === 1 ? inner.codePointAt(0) : undefined
  }
  const { code, length } = readEscape(inner, 0, "'")
  return length === inner.length ? code : undefined
}
