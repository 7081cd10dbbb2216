import { createHash } from 'node:crypto'
import { stringType } from '../../expr/go-type.ts'
import { Base64Error, decodeBase64 } from '../../lib/go-base64.ts'
import { bytesOf, stringOfBytes } from '../../lib/go-string.ts'
import { type FunctionTable, fixed, type TemplateFunction } from '../template-function.ts'
import { stringOf } from './arguments.ts'

const onText = (change: (text: string) => string): TemplateFunction =>
  fixed([stringType], ([text]) => change(stringOf(text)))

const fromBase64 = (text: string): string => {
  try {
    return stringOfBytes(decodeBase64(text))
  } catch (error) {
    // As published: what cannot be read is what the text says.
    if (error instanceof Base64Error) return error.message
    throw error
  }
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

const toBase32 = (text: string): string => {
  let [bits, count, out] = [0, 0, '']
  for (const byte of bytesOf(text)) {
    bits = (bits << 8) | byte
    for (count += 8; count >= 5; count -= 5) out += alphabet[(bits >> (count - 5)) & 31]
    bits &= (1 << count) - 1
  }
  if (count > 0) out += alphabet[(bits << (5 - count)) & 31]
  return out.padEnd(Math.ceil(out.length / 8) * 8, '=')
}

const fromBase32 = (text: string): string => {
  const kept = text.replace(/[\r\n]/g, '')
  const digits = kept.replace(/=+$/, '')
  const wrong = Array.from(digits).findIndex((character) => !alphabet.includes(character))
  if (wrong >= 0) return `illegal base32 data at input byte ${wrong}`
  if (kept.length % 8 !== 0 || [1, 3, 6].includes(digits.length % 8))
    return `illegal base32 data at input byte ${digits.length}`
  const bytes: number[] = []
  let [bits, count] = [0, 0]
  for (const character of digits) {
    bits = (bits << 5) | alphabet.indexOf(character)
    count += 5
    if (count < 8) continue
    count -= 8
    bytes.push((bits >> count) & 255)
    bits &= (1 << count) - 1
  }
  return stringOfBytes(Uint8Array.from(bytes))
}

const digest =
  (algorithm: string) =>
  (text: string): string =>
    createHash(algorithm).update(bytesOf(text)).digest('hex')

/** RFC 1950's checksum, as a decimal number. */
const adler32 = (text: string): string => {
  let [low, high] = [1, 0]
  for (const byte of bytesOf(text)) {
    low = (low + byte) % 65_521
    high = (high + low) % 65_521
  }
  return String(high * 65_536 + low)
}

/** Sprig's functions that encode, decode and sum up bytes. */
export const encodingFunctions: FunctionTable = [
  ['b64enc', onText((text) => Buffer.from(bytesOf(text)).toString('base64'))],
  ['b64dec', onText(fromBase64)],
  ['b32enc', onText(toBase32)],
  ['b32dec', onText(fromBase32)],
  ['sha1sum', onText(digest('sha1'))],
  ['sha256sum', onText(digest('sha256'))],
  ['sha512sum', onText(digest('sha512'))],
  ['adler32sum', onText(adler32)],
]
