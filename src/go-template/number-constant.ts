import { NumberSyntaxError, parseFloat64 } from '../lib/go-number.ts'
import { quoteString } from '../lib/go-string.ts'
import { unquoteCharacter } from './quoted-literal.ts'

/** A number in a template. What it is depends on what it is used for: `1` is an int as well as a float64. */
export interface NumberConstant {
  readonly text: string
  /** Its value as an integer; undefined if it has none, or none of 64 bits. */
  readonly integer: bigint | undefined
  readonly float: number | undefined
  /** Nothing else says what it is: fractions and exponents are floats, everything else integers. */
  readonly looksLikeFloat: boolean
}

/** A number that Go does not take. The message is Go's. */
export class NumberConstantError extends Error {
  override readonly name = 'NumberConstantError'
}

const integerPattern =
  /^([-+]?)(?:0[xX](_?[0-9a-fA-F]+(?:_[0-9a-fA-F]+)*)|0[bB](_?[01]+(?:_[01]+)*)|0[oO]?(_?[0-7]+(?:_[0-7]+)*)|(0|[1-9][0-9]*(?:_[0-9]+)*))$/

const integerOf = (text: string): bigint | undefined => {
  const match = integerPattern.exec(text)
  if (match === null) return undefined
  const [, sign, hexadecimal, binary, octal, decimal] = match
  const [prefix, digits] =
    hexadecimal !== undefined
      ? ['0x', hexadecimal]
      : binary !== undefined
        ? ['0b', binary]
        : octal !== undefined
          ? ['0o', octal]
          : ['', decimal ?? '0']
  const size = BigInt(`${prefix}${digits.replaceAll('_', '')}`)
  const value = sign === '-' ? -size : size
  return value < -(2n ** 63n) || value >= 2n ** 64n ? undefined : value
}

const floatOf = (text: string): number | undefined => {
  try {
    return parseFloat64(text)
  } catch (error) {
    if (error instanceof NumberSyntaxError) return undefined
    throw error
  }
}

/** A number as a template spells it. Throws {@link NumberConstantError}. */
export const numberConstant = (text: string): NumberConstant => {
  const integer = integerOf(text)
  if (integer !== undefined) return { text, integer, float: Number(integer), looksLikeFloat: false }
  const float = floatOf(text)
  if (float === undefined) throw new NumberConstantError(`illegal number syntax: ${quoteString(text)}`)
  if (!/[.eEpP]/.test(text)) throw new NumberConstantError(`integer overflow: ${quoteString(text)}`)
  const isWhole = Number.isInteger(float) && Math.abs(float) < 2 ** 63
  return { text, integer: isWhole ? BigInt(float) : undefined, float, looksLikeFloat: true }
}

/** A character in single quotes, which is the number of its code point. Throws {@link NumberConstantError}. */
export const characterConstant = (text: string): NumberConstant => {
  if (text === "''") throw new NumberConstantError('invalid syntax')
  const code = unquoteCharacter(text)
  if (code === undefined) throw new NumberConstantError(`malformed character constant: ${text}`)
  return { text, integer: BigInt(code), float: code, looksLikeFloat: false }
}
