/** A literal whose escapes stand for nothing. */
export class EscapeError extends Error {
  override readonly name = 'EscapeError'
}

const simple: ReadonlyMap<string, string> = new Map([
  ['a', '\x07'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
  ['\\', '\\'],
  ["'", "'"],
  ['"', '"'],
])

const escapePattern =
  /\\(?:([0-3][0-7]{2})|x([0-9a-fA-F]{2})|u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([\s\S]?))/gu

const normalizeNewlines = (text: string): string => text.replace(/\r\n?/g, '\n')

/** The text of a quoted string literal, given without its quotes. Throws {@link EscapeError}. */
export const unescapeString = (text: string): string =>
  normalizeNewlines(text).replace(escapePattern, (_, octal, hex, braced, short, long, single) => {
    if (single !== undefined) {
      const character = simple.get(single)
      if (character === undefined) throw new EscapeError('unable to unescape string')
      return character
    }
    const code = octal !== undefined ? Number.parseInt(octal, 8) : Number.parseInt(hex ?? braced ?? short ?? long, 16)
    if (code > 0x10ffff) throw new EscapeError('unable to unescape string')
    // A surrogate has no UTF-8 form: Go writes the replacement character.
    return code >= 0xd800 && code <= 0xdfff ? '\ufffd' : String.fromCodePoint(code)
  })

/** The bytes of a `b'…'` literal, given without `b` and quotes: `\xff` is one byte, and there are no Unicode escapes. Throws {@link EscapeError}. */
export const unescapeBytes = (text: string): Uint8Array => {
  const parts: Uint8Array[] = []
  let from = 0
  const source = normalizeNewlines(text)
  for (const match of source.matchAll(escapePattern)) {
    const [whole, octal, hex, , , , single] = match
    const character = single === undefined ? undefined : simple.get(single)
    const code =
      octal !== undefined
        ? Number.parseInt(octal, 8)
        : hex !== undefined
          ? Number.parseInt(hex, 16)
          : character?.charCodeAt(0)
    if (code === undefined) throw new EscapeError('unable to unescape string')
    parts.push(Buffer.from(source.slice(from, match.index)), Buffer.from([code]))
    from = match.index + whole.length
  }
  parts.push(Buffer.from(source.slice(from)))
  return Buffer.concat(parts)
}
