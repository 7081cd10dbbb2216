import { formatFloat, shortestFloat32 } from '../lib/go-number.ts'
import { compareStrings } from '../lib/go-string.ts'
import { formatTime } from '../lib/go-time-layout.ts'
import { formatDuration, monthName, weekdayName } from './time-format.ts'
import { Dictionary, Func, Instant, List, Location, Pointer, Scalar, Struct, type Value } from './value.ts'

/** A value as Go's `%v` prints it: `[1 2]`, `map[a:1]`, `1e+06`, `<nil>`. */
export const formatValue = (value: Value): string => {
  if (value === null) return '<nil>'
  if (typeof value === 'number') return formatFloat(value)
  if (typeof value === 'string') return value
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value)
  if (value instanceof Scalar) return formatScalar(value)
  if (value instanceof List) return `[${value.items.map(formatValue).join(' ')}]`
  if (value instanceof Dictionary) return formatMap(value)
  if (value instanceof Struct) return `{${[...value.fields.values()].map(formatField).join(' ')}}`
  if (value instanceof Instant) return formatTime(value.time, '2006-01-02 15:04:05.999999999 -0700 MST')
  if (value instanceof Location) return value.zone.name
  // An address is all that Go prints of these; it says nothing and changes from run to run.
  if (value instanceof Func) return '0x0'
  return value.target === undefined ? '<nil>' : `&${formatValue(value.target)}`
}

const formatField = (value: Value): string =>
  value instanceof Pointer && value.target !== undefined ? '0x0' : formatValue(value)

const formatScalar = ({ type, value }: Scalar): string => {
  if (typeof value === 'bigint') {
    if (type.name === 'time.Duration') return formatDuration(value)
    if (type.name === 'time.Month') return monthName(value)
    return type.name === 'time.Weekday' ? weekdayName(value) : String(value)
  }
  if (typeof value === 'string') return value
  return formatFloat(type.name === 'float32' && Number.isFinite(value) ? shortestFloat32(value) : value)
}

/** Kinds of keys in the order in which Go sorts mixed keys for printing: by kind first would be random, so by type name. */
const compareKeys = (left: Value, right: Value): number => {
  if (typeof left === 'string' && typeof right === 'string') return compareStrings(left, right)
  if (typeof left === 'bigint' && typeof right === 'bigint') return left < right ? -1 : 1
  if (typeof left === 'number' && typeof right === 'number') return Number.isNaN(left) || left < right ? -1 : 1
  return typeof left === 'boolean' && typeof right === 'boolean' ? Number(left) - Number(right) : 0
}

const formatMap = ({ entries }: Dictionary): string => {
  const sorted = [...entries.values()].sort(([left], [right]) => compareKeys(left, right))
  return `map[${sorted.map(([key, value]) => `${formatValue(key)}:${formatValue(value)}`).join(' ')}]`
}
