/*
 * Go strings are bytes, JavaScript's are UTF-16. A byte that is no part of valid UTF-8 is held as the lone surrogate
 * U+DC80 to U+DCFF (byte 0x80 to 0xFF), so that cutting a string in the middle of a character loses nothing and compares
 * as Go compares it.
 */

const hasOddBytes = /\p{Surrogate}/u
const isAscii = (text: string): boolean => /^[\0-\x7f]*$/.test(text)

/** The bytes of a Go string. */
export const bytesOf = (text: string): Uint8Array => {
  if (!hasOddBytes.test(text)) return Buffer.from(text)
  const parts = Array.from(text, (character) => {
    const code = character.codePointAt(0) ?? 0
    return code >= 0xdc80 && code <= 0xdcff ? Buffer.from([code - 0xdc00]) : Buffer.from(character)
  })
  return Buffer.concat(parts)
}

/** The length of the UTF-8 sequence at `at`, or 0 if the bytes there are none. */
const sequenceLength = (bytes: Uint8Array, at: number): number => {
  const lead = bytes[at] ?? 0
  if (lead < 0x80) return 1
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2
  const piece = Buffer.from(bytes.subarray(at, at + length))
  const decoded = piece.toString('utf8')
  return lead >= 0xc2 && piece.length === length && Buffer.from(decoded).equals(piece) ? length : 0
}

/** The string that holds these bytes. */
export const stringOfBytes = (bytes: Uint8Array): string => {
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const decoded = whole.toString('utf8')
  if (!decoded.includes('\ufffd') || Buffer.from(decoded).equals(whole)) return decoded
  let text = ''
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceLength(bytes, at)
    text += length === 0 ? String.fromCharCode(0xdc00 + (bytes[at] ?? 0)) : whole.toString('utf8', at, at + length)
    at += Math.max(1, length)
  }
  return text
}

/** Both strings one after the other; halves of a character grow together again. */
export const concatenate = (left: string, right: string): string => {
  const text = left + right
  return hasOddBytes.test(text) ? stringOfBytes(bytesOf(text)) : text
}

/** The number of bytes, which is Go's `len`. */
export const byteLength = (text: string): number => (isAscii(text) ? text.length : bytesOf(text).length)

/** The number of runes; a byte that is no UTF-8 counts as one. */
export const runeCount = (text: string): number => {
  let count = 0
  for (const _ of text) count += 1
  return count
}

/** The bytes from `from` up to `to`, as a string. */
export const sliceBytes = (text: string, from: number, to: number): string =>
  isAscii(text) ? text.slice(from, to) : stringOfBytes(bytesOf(text).subarray(from, to))

/** Go's order of strings, which is that of their bytes: below zero, zero, above zero. */
export const compareStrings = (left: string, right: string): number => {
  if (left === right) return 0
  if (isAscii(left) && isAscii(right)) return left < right ? -1 : 1
  return Buffer.compare(bytesOf(left), bytesOf(right))
}

/** Where `part` begins in bytes, -1 if nowhere; `last` for the last place instead of the first. */
export const byteIndexOf = (text: string, part: string, last = false): number => {
  if (isAscii(text)) return last ? text.lastIndexOf(part) : text.indexOf(part)
  const bytes = Buffer.from(bytesOf(text))
  const wanted = Buffer.from(bytesOf(part))
  if (wanted.length === 0) return last ? bytes.length : 0
  return last ? bytes.lastIndexOf(wanted) : bytes.indexOf(wanted)
}

const simpleEscapes: ReadonlyMap<string, string> = new Map([
  ['\x07', '\\a'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\v', '\\v'],
  ['\\', '\\\\'],
  ['"', '\\"'],
])

/** True for characters that Go prints as they are: letters, marks, numbers, punctuation, symbols and the space. */
export const isPrintable = (character: string): boolean => /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u.test(character)

const hex = (value: number, width: number): string => value.toString(16).padStart(width, '0')

const quoteCharacter = (character: string): string => {
  const escaped = simpleEscapes.get(character)
  if (escaped !== undefined) return escaped
  const code = character.codePointAt(0) ?? 0
  if (code >= 0xdc80 && code <= 0xdcff) return `\\x${hex(code - 0xdc00, 2)}`
  if (isPrintable(character)) return character
  if (code < 0x80) return `\\x${hex(code, 2)}`
  return code < 0x10000 ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`
}

/** A double-quoted Go string literal (`%q`, strconv.Quote). */
export const quoteString = (text: string): string => `"${Array.from(text, quoteCharacter).join('')}"`

/** A character in the form `U+FE0F '…'` (`%#U`). */
export const describeCharacter = (character: string): string => {
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
  return isPrintable(character) ? `U+${code} '${character}'` : `U+${code}`
}
