/** A text that is no base64. The message is Go's, with the offset of the first wrong byte. */
export class Base64Error extends Error {
  override readonly name = 'Base64Error'
}

const alphabet = /^[A-Za-z0-9+/]$/

const corrupt = (offset: number): Base64Error => new Base64Error(`illegal base64 data at input byte ${offset}`)

/** The bytes of standard, padded base64; line breaks are skipped, as Go does. Throws {@link Base64Error}. */
export const decodeBase64 = (text: string): Uint8Array => {
  const bytes = Buffer.from(text)
  const digits: number[] = []
  let padding = 0
  for (const [offset, byte] of bytes.entries()) {
    const character = String.fromCharCode(byte)
    if (character === '\r' || character === '\n') continue
    const filled = digits.length % 4
    if (character === '=' && padding === 0 ? filled >= 2 : character === '=' && padding === 1 && filled === 2)
      padding += 1
    else if (padding > 0 || !alphabet.test(character)) throw corrupt(offset)
    else digits.push(byte)
  }
  if ((digits.length + padding) % 4 !== 0)
    throw corrupt(padding > 0 ? bytes.length : bytes.length - (digits.length % 4))
  return Buffer.from(Buffer.from(digits).toString('latin1'), 'base64')
}
