import { quoteString } from './go-string.ts'

/** A text that Go's strconv does not read as a number. The message is Go's: `strconv.ParseInt: parsing "x": invalid syntax`. */
export class NumberSyntaxError extends Error {
  override readonly name = 'NumberSyntaxError'
}

const refuse = (call: string, text: string, reason: 'invalid syntax' | 'value out of range'): NumberSyntaxError =>
  new NumberSyntaxError(`strconv.${call}: parsing ${quoteString(text)}: ${reason}`)

const minimumInt64 = -(2n ** 63n)
const maximumInt64 = 2n ** 63n - 1n

/**
 * A 64-bit integer as Go's `strconv.ParseInt(text, base, 64)`. Base 10 takes decimal digits only; base 0 also the prefixes
 * `0x`, `0o` and `0b`. Throws {@link NumberSyntaxError}.
 */
export const parseInt64 = (text: string, base: 0 | 10 = 10): bigint => {
  const digits = text.replace(/^[-+]/, '')
  const pattern = base === 0 ? /^(?:0x[0-9a-f]+|0o[0-7]+|0b[01]+|[0-9]+)$/i : /^[0-9]+$/
  if (!pattern.test(digits)) throw refuse('ParseInt', text, 'invalid syntax')
  const value = BigInt(digits) * (text.startsWith('-') ? -1n : 1n)
  if (value < minimumInt64 || value > maximumInt64) throw refuse('ParseInt', text, 'value out of range')
  return value
}

const decimal =
  /^[-+]?(?:[0-9]+(?:_[0-9]+)*\.?(?:[0-9]+(?:_[0-9]+)*)?|\.[0-9]+(?:_[0-9]+)*)(?:e[-+]?[0-9]+(?:_[0-9]+)*)?$/i
const hexadecimal = /^([-+]?)0x([0-9a-f_]*)\.?([0-9a-f_]*)p([-+]?[0-9]+)$/i
const special = /^(?:([-+]?)inf(?:inity)?|nan)$/i

const parseHexadecimal = (match: RegExpExecArray): number => {
  const [, sign, whole = '', fraction = '', exponent] = match
  const digits = (whole + fraction).replaceAll('_', '')
  const value = Number(`0x${digits}`) * 2 ** (Number(exponent) - 4 * fraction.replaceAll('_', '').length)
  return sign === '-' ? -value : value
}

/**
 * A float64 as Go's `strconv.ParseFloat`: decimal or hexadecimal, `inf`, `infinity` and `nan` in any case, underscores
 * between digits. Throws {@link NumberSyntaxError}; a number too large for a float64 is out of range.
 */
export const parseFloat64 = (text: string): number => {
  const named = special.exec(text)
  if (named !== null) {
    if (/nan$/i.test(text)) return Number.NaN
    return named[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  }
  const hex = hexadecimal.exec(text)
  if (hex !== null && /[0-9a-f]/i.test(`${hex[2]}${hex[3]}`)) return parseHexadecimal(hex)
  if (!decimal.test(text)) throw refuse('ParseFloat', text, 'invalid syntax')
  const value = Number(text.replaceAll('_', ''))
  if (!Number.isFinite(value)) throw refuse('ParseFloat', text, 'value out of range')
  return value
}

/** The shortest decimal digits that name a float32 exactly, as a float64. */
export const shortestFloat32 = (value: number): number => {
  for (let precision = 1; precision < 9; precision += 1) {
    const candidate = Number(value.toPrecision(precision))
    if (Math.fround(candidate) === value) return candidate
  }
  return Number(value.toPrecision(9))
}

const exponentForm = (value: number): string => value.toExponential().replace(/e([-+])(\d)$/, 'e$10$2')

/** The positional digits of a finite number, without exponent. */
const positional = (value: number): string => {
  const text = String(value)
  const match = /^(-?)(\d)(?:\.(\d+))?e([-+]\d+)$/.exec(text)
  if (match === null) return text
  const [, sign = '', first = '', rest = '', exponentText] = match
  const exponent = Number(exponentText)
  const digits = first + rest
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`
  return `${sign}${digits.padEnd(exponent + 1, '0')}`
}

const nameOf = (value: number): string | undefined => {
  if (Number.isNaN(value)) return 'NaN'
  if (value === Number.POSITIVE_INFINITY) return '+Inf'
  if (value === Number.NEGATIVE_INFINITY) return '-Inf'
  if (value === 0) return Object.is(value, -0) ? '-0' : '0'
  return undefined
}

const exponentOf = (value: number): number => Number(value.toExponential().split('e')[1])

/** A float64 as Go's `%v` prints it: the shortest digits that name it, with an exponent below 1e-4 and from 1e6 on. */
export const formatFloat = (value: number): string => {
  const named = nameOf(value)
  if (named !== undefined) return named
  const exponent = exponentOf(value)
  return exponent < -4 || exponent >= 6 ? exponentForm(value) : positional(value)
}

/** A finite float64 as Go's `encoding/json` writes it: positional from 1e-6 up to 1e21, an exponent without padding beyond. */
export const formatJsonFloat = (value: number): string => {
  if (value === 0) return Object.is(value, -0) ? '-0' : '0'
  const exponent = exponentOf(value)
  return exponent < -6 || exponent >= 21 ? value.toExponential() : positional(value)
}
