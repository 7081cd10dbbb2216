import { Scalar, type Value } from '../expr/value.ts'
import { formatFloat, shortestFloat32 } from '../lib/go-number.ts'
import { describeCharacter, quoteString } from '../lib/go-string.ts'
import { type Directive, pad } from './printf-directive.ts'

const bases: Readonly<Record<string, number>> = { v: 10, d: 10, b: 2, o: 8, O: 8, x: 16, X: 16 }
const prefixes: Readonly<Record<string, string>> = { b: '0b', x: '0x', X: '0X' }

const characterOf = (value: bigint): string => {
  const isCharacter = value >= 0n && value <= 0x10ffffn && !(value >= 0xd800n && value <= 0xdfffn)
  return isCharacter ? String.fromCodePoint(Number(value)) : '\ufffd'
}

const quotedCharacter = (character: string): string => {
  if (character === "'") return "'\\''"
  return character === '"' ? `'"'` : `'${quoteString(character).slice(1, -1)}'`
}

const codePoint = (value: bigint, { sharp, precision = 0 }: Directive): string => {
  const digits = value.toString(16).toUpperCase().padStart(Math.max(4, precision), '0')
  const shown = sharp ? describeCharacter(characterOf(value)) : ''
  return `U+${digits}${shown.includes("'") ? shown.slice(shown.indexOf(' ')) : ''}`
}

const signOf = (isNegative: boolean, { plus, space }: Directive): string =>
  isNegative ? '-' : plus ? '+' : space ? ' ' : ''

/** Zeros before the digits: up to the precision, or else up to the width. */
const integerDigits = (size: bigint, asked: Directive, signLength: number): string => {
  const digits = size.toString(bases[asked.verb] ?? 10)
  const filled =
    asked.precision === undefined
      ? asked.zero
        ? digits.padStart(asked.width - signLength, '0')
        : digits
      : digits.padStart(asked.precision, '0')
  return asked.verb === 'X' ? filled.toUpperCase() : filled
}

const formatInteger = (value: bigint, asked: Directive): string => {
  const size = value < 0n ? -value : value
  const unfilled = { ...asked, zero: false }
  if (asked.precision === 0 && size === 0n) return pad('', unfilled)
  const sign = signOf(value < 0n, asked)
  const digits = integerDigits(size, asked, sign.length)
  const octal = asked.verb === 'o' && asked.sharp && !digits.startsWith('0') ? '0' : ''
  const prefix = asked.verb === 'O' ? '0o' : asked.sharp ? (prefixes[asked.verb] ?? octal) : ''
  return pad(sign + prefix + digits, unfilled)
}

const twoDigits = (text: string): string => text.replace(/e([-+])(\d)$/, 'e$10$2')

/** `%g` with a precision: as many digits at most, and an exponent where the number is larger or smaller than they show. */
const general = (value: number, precision: number): string => {
  const wanted = Math.max(precision, 1)
  const [mantissa = '', exponentText] = value.toExponential(Math.min(wanted - 1, 100)).split('e')
  const digits = mantissa.replace(/[-.]/g, '').replace(/0+$/, '') || '0'
  const exponent = Number(exponentText)
  const limit = wanted > digits.length && digits.length >= exponent + 1 ? digits.length : wanted
  if (exponent < -4 || exponent >= limit) return twoDigits(value.toExponential(digits.length - 1))
  return value.toFixed(Math.max(digits.length - exponent - 1, 0))
}

const floatText = (value: number, { verb, precision }: Directive, isFloat32: boolean): string => {
  const shortest = isFloat32 ? shortestFloat32(value) : value
  switch (verb) {
    case 'e':
    case 'E':
      return twoDigits(value.toExponential(Math.min(precision ?? 6, 100)))
    case 'f':
    case 'F':
      return value.toFixed(Math.min(precision ?? 6, 100))
    default:
      return precision === undefined ? formatFloat(shortest) : general(value, precision)
  }
}

const formatFloatAs = (value: number, asked: Directive, isFloat32: boolean): string => {
  if (!Number.isFinite(value)) {
    const sign = Number.isNaN(value) ? signOf(false, asked) : value < 0 ? '-' : signOf(false, { ...asked, plus: true })
    return pad(`${sign}${Number.isNaN(value) ? 'NaN' : 'Inf'}`, { ...asked, zero: false })
  }
  const isNegative = value < 0 || Object.is(value, -0)
  const sign = signOf(isNegative, asked)
  const text = floatText(Math.abs(value), asked, isFloat32)
  const digits = /[EG]/.test(asked.verb) ? text.toUpperCase() : text
  return asked.zero ? sign + digits.padStart(asked.width - sign.length, '0') : pad(sign + digits, asked)
}

/** A number as `fmt.Printf` writes it for one directive; undefined for a verb that makes nothing of it. */
export const formatNumberAs = (value: Value, asked: Directive): string | undefined => {
  const number = value instanceof Scalar ? value.value : value
  const isFloat32 = value instanceof Scalar && value.type.name === 'float32'
  if (typeof number === 'number')
    return /^[vgGeEfF]$/.test(asked.verb) ? formatFloatAs(number, asked, isFloat32) : undefined
  if (typeof number !== 'bigint') return undefined
  switch (asked.verb) {
    case 'c':
      return pad(characterOf(number), asked)
    case 'q':
      return pad(quotedCharacter(characterOf(number)), asked)
    case 'U':
      return pad(codePoint(number, asked), { ...asked, zero: false })
    default:
      return bases[asked.verb] === undefined ? undefined : formatInteger(number, asked)
  }
}
