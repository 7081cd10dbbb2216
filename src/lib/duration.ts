/** A text that is no Go duration. The message is Go's own (`time: missing unit in duration "90"`), since status messages carry it. */
export class DurationError extends Error {
  override readonly name = 'DurationError'
}

const nanosecondsByUnit: ReadonlyMap<string, bigint> = new Map([
  ['ns', 1n],
  ['us', 1_000n],
  ['\u00b5s', 1_000n], // micro sign
  ['\u03bcs', 1_000n], // Greek mu
  ['ms', 1_000_000n],
  ['s', 1_000_000_000n],
  ['m', 60_000_000_000n],
  ['h', 3_600_000_000_000n],
])

/** Go counts in a signed 64-bit integer; one more is allowed below zero than above. */
const limit = 2n ** 63n

/** Go quotes bytes, not characters: everything outside printable ASCII appears as `\xNN`. */
const quote = (text: string): string => {
  const quoted = [...Buffer.from(text)].map((byte) => {
    if (byte < 0x20 || byte >= 0x80) return `\\x${byte.toString(16).padStart(2, '0')}`
    const character = String.fromCharCode(byte)
    return character === '"' || character === '\\' ? `\\${character}` : character
  })
  return `"${quoted.join('')}"`
}

const invalid = (text: string): DurationError => new DurationError(`time: invalid duration ${quote(text)}`)

/** Go scales a fraction in floating point; digits beyond 18 are dropped there before they could overflow. */
const fractionOf = (digits: string, unit: bigint): bigint => {
  const kept = digits.slice(0, 18)
  return kept === '' ? 0n : BigInt(Math.trunc(Number(kept) * (Number(unit) / 10 ** kept.length)))
}

/** Reads one `number unit` pair at the start of `rest`. */
const readTerm = (rest: string, whole: string): { nanoseconds: bigint; length: number } => {
  const number = /^([0-9]*)(?:\.([0-9]*))?/.exec(rest)
  const [integer, fraction] = [number?.[1] ?? '', number?.[2] ?? '']
  if (integer === '' && fraction === '') throw invalid(whole)
  const numberLength = number?.[0].length ?? 0
  const unitText = /^[^.0-9]*/.exec(rest.slice(numberLength))?.[0] ?? ''
  if (unitText === '') throw new DurationError(`time: missing unit in duration ${quote(whole)}`)
  const unit = nanosecondsByUnit.get(unitText)
  if (unit === undefined) throw new DurationError(`time: unknown unit ${quote(unitText)} in duration ${quote(whole)}`)
  const nanoseconds = BigInt(integer === '' ? '0' : integer) * unit + fractionOf(fraction, unit)
  return { nanoseconds, length: numberLength + unitText.length }
}

/**
 * Nanoseconds of a Go duration such as `1h30m`, `300ms` or `-1.5h` (Go, package time, ParseDuration). `0` needs no unit, every other
 * number does. Throws {@link DurationError} with Go's message.
 */
export const parseDuration = (text: string): bigint => {
  const sign = /^[-+]/.exec(text)?.[0] ?? ''
  let rest = text.slice(sign.length)
  if (rest === '0') return 0n
  if (rest === '') throw invalid(text)
  let total = 0n
  while (rest !== '') {
    const term = readTerm(rest, text)
    total += term.nanoseconds
    if (total > limit) throw invalid(text)
    rest = rest.slice(term.length)
  }
  if (sign === '-') return -total
  if (total === limit) throw invalid(text)
  return total
}

/** {@link parseDuration} in milliseconds, fractions kept. */
export const durationMs = (text: string): number => Number(parseDuration(text)) / 1e6

const trimZeros = (fraction: string): string => fraction.replace(/0+$/, '')

const decimal = (value: bigint, digits: number): string => {
  const text = value.toString().padStart(digits + 1, '0')
  const fraction = trimZeros(text.slice(-digits))
  const integer = text.slice(0, -digits)
  return fraction === '' ? integer : `${integer}.${fraction}`
}

/** Nanoseconds as Go prints a duration: `1h30m0s`, `1.5s`, `300ms`. */
export const formatDuration = (nanoseconds: bigint): string => {
  if (nanoseconds === 0n) return '0s'
  const sign = nanoseconds < 0n ? '-' : ''
  const size = nanoseconds < 0n ? -nanoseconds : nanoseconds
  if (size < 1_000n) return `${sign}${size}ns`
  if (size < 1_000_000n) return `${sign}${decimal(size, 3)}\u00b5s`
  if (size < 1_000_000_000n) return `${sign}${decimal(size, 6)}ms`
  const minutes = size / 60_000_000_000n
  const seconds = `${decimal(size % 60_000_000_000n, 9)}s`
  if (minutes === 0n) return `${sign}${seconds}`
  return minutes < 60n ? `${sign}${minutes}m${seconds}` : `${sign}${minutes / 60n}h${minutes % 60n}m${seconds}`
}
