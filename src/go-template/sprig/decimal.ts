import { FunctionError } from '../template-error.ts'

/** A decimal number: `digits` times ten to the power of -`scale`. Sums of fractions are exact: 0.1 and 0.2 are 0.3. */
export interface Decimal {
  readonly digits: bigint
  readonly scale: number
}

/** Digits after the point that a quotient has. */
const quotientScale = 16

/** The decimal that a float64 prints as. */
export const decimalOf = (value: number): Decimal => {
  if (!Number.isFinite(value)) throw new FunctionError(`Cannot create a Decimal from ${value}`)
  const [mantissa = '0', exponent = '0'] = value.toExponential().split('e')
  const [whole = '0', fraction = ''] = mantissa.split('.')
  const scale = fraction.length - Number(exponent)
  const digits = BigInt(whole + fraction)
  return scale < 0 ? { digits: digits * 10n ** BigInt(-scale), scale: 0 } : { digits, scale }
}

/** The float64 nearest to a decimal. */
export const decimalToNumber = ({ digits, scale }: Decimal): number => Number(`${digits}e-${scale}`)

const atScale = ({ digits, scale }: Decimal, wanted: number): bigint => digits * 10n ** BigInt(wanted - scale)

export const addDecimals = (left: Decimal, right: Decimal): Decimal => {
  const scale = Math.max(left.scale, right.scale)
  return { digits: atScale(left, scale) + atScale(right, scale), scale }
}

export const subtractDecimals = (left: Decimal, right: Decimal): Decimal =>
  addDecimals(left, { digits: -right.digits, scale: right.scale })

export const multiplyDecimals = (left: Decimal, right: Decimal): Decimal => ({
  digits: left.digits * right.digits,
  scale: left.scale + right.scale,
})

const sizeOf = (value: bigint): bigint => (value < 0n ? -value : value)

/** The quotient with 16 digits after the point; halves are rounded away from zero. Throws FunctionError for a divisor of zero. */
export const divideDecimals = (left: Decimal, right: Decimal): Decimal => {
  if (right.digits === 0n) throw new FunctionError('decimal division by 0')
  const shift = quotientScale + right.scale - left.scale
  const dividend = shift >= 0 ? left.digits * 10n ** BigInt(shift) : left.digits
  const divisor = shift >= 0 ? right.digits : right.digits * 10n ** BigInt(-shift)
  const quotient = sizeOf(dividend) / sizeOf(divisor)
  const rounded = (sizeOf(dividend) % sizeOf(divisor)) * 2n >= sizeOf(divisor) ? quotient + 1n : quotient
  return { digits: dividend < 0n !== divisor < 0n ? -rounded : rounded, scale: quotientScale }
}
