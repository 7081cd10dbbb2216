import { monthNames, weekdayNames } from '../lib/go-time.ts'

const units: readonly (readonly [suffix: string, nanoseconds: bigint])[] = [
  ['ms', 1_000_000n],
  ['µs', 1_000n],
  ['ns', 1n],
]

const decimal = (value: bigint, unit: bigint): string => {
  const rest = String(value % unit)
    .padStart(String(unit).length - 1, '0')
    .replace(/0+$/, '')
  return unit === 1n || rest === '' ? String(value / unit) : `${value / unit}.${rest}`
}

/** A duration as Go prints it: `1h30m0s`, `1.5s`, `250ms`, `0s`. */
export const formatDuration = (nanoseconds: bigint): string => {
  if (nanoseconds === 0n) return '0s'
  const sign = nanoseconds < 0n ? '-' : ''
  const size = nanoseconds < 0n ? -nanoseconds : nanoseconds
  const small = units.find(([, unit]) => size >= unit)
  if (size < 1_000_000_000n && small !== undefined) return `${sign}${decimal(size, small[1])}${small[0]}`
  const minutes = size / 60_000_000_000n
  const seconds = `${decimal(size % 60_000_000_000n, 1_000_000_000n)}s`
  if (minutes === 0n) return `${sign}${seconds}`
  const hours = minutes / 60n
  return `${sign}${hours === 0n ? '' : `${hours}h`}${minutes % 60n}m${seconds}`
}

/** The name of a month; a number that is none as Go prints it. */
export const monthName = (month: bigint): string => monthNames[Number(month) - 1] ?? `%!Month(${month})`

/** The name of a weekday; a number that is none as Go prints it. */
export const weekdayName = (day: bigint): string => weekdayNames[Number(day)] ?? `%!Weekday(${day})`
