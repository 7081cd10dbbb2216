import { NumberSyntaxError, parseFloat64, parseInt64 } from '../lib/go-number.ts'
import { byteSliceType, uint8Type } from './go-type.ts'
import { List, Scalar } from './value.ts'

/** A number literal of the expression: an int where it is written without fraction and exponent, else a float. */
export const parseNumberLiteral = (text: string): { integer: bigint } | { float: number } | { error: string } => {
  const plain = text.replaceAll('_', '')
  const lower = plain.toLowerCase()
  const prefix = lower.slice(0, 2)
  const isFloat = prefix !== '0x' && /[.e]/.test(lower)
  const names: Readonly<Record<string, string>> = { '0x': 'hex', '0b': 'binary', '0o': 'octal' }
  const name = isFloat ? 'float' : (names[prefix] ?? 'integer')
  try {
    if (isFloat) return { float: parseFloat64(plain) }
    return { integer: parseInt64(plain, name === 'integer' ? 10 : 0) }
  } catch (error) {
    if (!(error instanceof NumberSyntaxError)) throw error
    return { error: `invalid ${name} literal: ${error.message}` }
  }
}

/** A `b'…'` literal, given with one character for each byte. */
export const byteLiteral = (bytes: string): List =>
  new List(
    byteSliceType,
    Array.from(Buffer.from(bytes, 'latin1'), (byte) => new Scalar(uint8Type, BigInt(byte))),
  )
