/** Thrown for text that is no Kubernetes quantity. */
export class QuantityError extends Error {
  override readonly name = 'QuantityError'
}

type Format = 'decimal' | 'binary' | 'exponent'

interface Suffix {
  readonly base: 2 | 10
  readonly exponent: number
  readonly format: Format
}

/** A parsed quantity. The smallest unit that Kubernetes keeps is one billionth; anything finer is rounded away from zero. */
export interface Quantity {
  /** The amount in billionths. */
  readonly nanos: bigint
  /** The spelling that `resource.Quantity.String()` prints: canonical, or the input where the API machinery keeps it. */
  readonly canonical: string
}

const decimalSuffixes = new Map([
  [-9, 'n'],
  [-6, 'u'],
  [-3, 'm'],
  [0, ''],
  [3, 'k'],
  [6, 'M'],
  [9, 'G'],
  [12, 'T'],
  [15, 'P'],
  [18, 'E'],
])
const binarySuffixes = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei']
const shape = /^([+-]?)(\d*)(?:(\.)(\d*))?((?:[eEinumkKMGTP]*)(?:[+-]?\d*))$/
const nano = 1_000_000_000n
const maxInt64 = 2n ** 63n - 1n

const readSuffix = (text: string): Suffix | undefined => {
  for (const [exponent, suffix] of decimalSuffixes) {
    if (suffix === text) return { base: 10, exponent, format: 'decimal' }
  }
  const binary = binarySuffixes.indexOf(text)
  if (binary > 0) return { base: 2, exponent: binary * 10, format: 'binary' }
  const scientific = /^[eE]([+-]?\d+)$/.exec(text)
  return scientific === null ? undefined : { base: 10, exponent: Number(scientific[1]), format: 'exponent' }
}

const divideAwayFromZero = (value: bigint, divisor: bigint): bigint =>
  value / divisor + (value % divisor === 0n ? 0n : 1n)

/** |amount| in billionths: digits · 10^-decimals · base^exponent. */
const magnitude = (digits: bigint, decimals: number, suffix: Suffix): bigint => {
  const binary = suffix.base === 2 ? 2n ** BigInt(suffix.exponent) : 1n
  const power = (suffix.base === 10 ? suffix.exponent : 0) - decimals + 9
  const scaled = digits * binary
  return power >= 0 ? scaled * 10n ** BigInt(power) : divideAwayFromZero(scaled, 10n ** BigInt(-power))
}

/**
 * Whether the API machinery keeps the spelling it was given. It does so on its fast path for numbers that already look
 * canonical, which is why `1e3` and `+1` stay as they are (k8s.io/apimachinery, `resource.ParseQuantity`).
 */
const keepsSpelling = (digits: string, whole: string, decimals: number, suffix: Suffix): boolean => {
  if (suffix.format === 'binary') {
    if (decimals > 0) return false
    const precision = 15 - whole.length - Math.trunc((suffix.exponent * 3) / 10) - 1
    const value = BigInt(digits)
    return precision >= 0 && value * 2n ** BigInt(suffix.exponent) <= maxInt64 && (value & 7n) !== 0n
  }
  const scale = suffix.exponent - decimals
  return digits.length <= 18 && scale >= -9 && scale % 3 === 0 && !digits.endsWith('000') && !digits.startsWith('0')
}

const stripFactor = (value: bigint, factor: bigint): { mantissa: bigint; times: number } => {
  let mantissa = value
  let times = 0
  while (mantissa % factor === 0n) {
    mantissa /= factor
    times++
  }
  return { mantissa, times }
}

const decimalText = (magnitudeNanos: bigint, format: Format): string => {
  const { mantissa, times } = stripFactor(magnitudeNanos, 10n)
  const exponent = times - 9
  const down = ((exponent % 3) + 3) % 3
  const number = mantissa * 10n ** BigInt(down)
  const shown = exponent - down
  if (format === 'exponent') return shown === 0 ? `${number}` : `${number}e${shown}`
  return `${number}${decimalSuffixes.get(shown) ?? ''}`
}

const canonicalText = (nanos: bigint, format: Format): string => {
  if (nanos === 0n) return '0'
  const sign = nanos < 0n ? '-' : ''
  const size = nanos < 0n ? -nanos : nanos
  // Below 1 Ki, and where a binary suffix would lose digits, the machinery falls back to decimal suffixes.
  if (format !== 'binary' || size < 1024n * nano || size % nano !== 0n) {
    return sign + decimalText(size, format === 'exponent' ? 'exponent' : 'decimal')
  }
  const { mantissa, times } = stripFactor(size / nano, 1024n)
  return `${sign}${mantissa}${binarySuffixes[times] ?? ''}`
}

/**
 * Parses a Kubernetes quantity: `500m`, `1Gi`, `1e3`. Rounds, caps and spells it as k8s.io/apimachinery's
 * `resource.Quantity` does, since pod-template hashes are made of that spelling.
 * Throws {@link QuantityError}.
 */
export const parseQuantity = (input: string): Quantity => {
  const text = input.trim()
  const match = shape.exec(text)
  const suffix = match === null ? undefined : readSuffix(match[5] ?? '')
  if (match === null || suffix === undefined || text === '') {
    throw new QuantityError(
      `"${input}" is not a quantity; expected a number with an optional suffix such as 500m, 2 or 1Gi`,
    )
  }
  const whole = (match[2] ?? '').replace(/^0+/, '') || '0'
  const fraction = match[4] ?? ''
  if ((match[2] ?? '') === '' && fraction === '') {
    throw new QuantityError(`"${input}" is not a quantity; it has no digits`)
  }
  const digits = whole + fraction
  const exact = magnitude(BigInt(digits), fraction.length, suffix)
  const size = suffix.format === 'binary' && exact > maxInt64 * nano ? maxInt64 * nano : exact
  const nanos = match[1] === '-' ? -size : size
  const format = suffix.format === 'binary' && size < nano ? 'decimal' : suffix.format
  const kept = keepsSpelling(digits, whole, fraction.length, suffix)
  return { nanos, canonical: kept ? text : canonicalText(nanos, format) }
}

/** Whether two spellings mean the same amount. Text that is no quantity equals only itself. */
export const sameQuantity = (left: string, right: string): boolean => {
  if (left === right) return true
  try {
    return parseQuantity(left).nanos === parseQuantity(right).nanos
  } catch (error) {
    if (error instanceof QuantityError) return false
    throw error
  }
}
