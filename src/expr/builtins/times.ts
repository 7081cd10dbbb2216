import { DurationError, parseDuration } from '../../lib/duration.ts'
import { loadZone, type TimeZone, UnknownTimeZoneError, utc } from '../../lib/go-time.ts'
import { parseTime, TimeSyntaxError } from '../../lib/go-time-layout.ts'
import { runError } from '../expr-error.ts'
import { duration, Instant, Location, type Value } from '../value.ts'
import { argument, type Builtin, type BuiltinTable, stringArgument } from './builtin.ts'

/** Go's errors about times are shown to the user as they are. */
const explained = <T>(compute: () => T): T => {
  try {
    return compute()
  } catch (error) {
    const isKnown =
      error instanceof DurationError || error instanceof TimeSyntaxError || error instanceof UnknownTimeZoneError
    if (isKnown) throw runError(error.message)
    throw error
  }
}

const zoneArgument = (value: Value): TimeZone | undefined => (value instanceof Location ? value.zone : undefined)

/** The layouts that `date` tries, in this order. */
const layouts = [
  '2006-01-02',
  '15:04:05',
  '2006-01-02 15:04:05',
  '2006-01-02T15:04:05Z07:00',
  '02 Jan 06 15:04 MST',
  'Monday, 02-Jan-06 15:04:05 MST',
  'Mon, 02 Jan 2006 15:04:05 MST',
]

const guess = (text: string, zone: TimeZone | undefined): Instant => {
  for (const layout of layouts) {
    try {
      return new Instant(parseTime(layout, text, zone))
    } catch (error) {
      if (!(error instanceof TimeSyntaxError)) throw error
    }
  }
  throw runError(`invalid date ${text}`)
}

const date: Builtin = (all) => {
  const zone = zoneArgument(argument(all, 0))
  const args = zone === undefined ? all : all.slice(1)
  if (args.length === 0) throw runError('runtime error: index out of range [0] with length 0')
  const text = stringArgument(args, 0)
  if (args.length < 2) return guess(text, zone)
  const layout = stringArgument(args, 1)
  return explained(() => {
    const place = args.length === 3 ? loadZone(stringArgument(args, 2)) : zone
    return new Instant(parseTime(layout, text, place))
  })
}

/** Times and durations. */
export const timeBuiltins: BuiltinTable = [
  ['now', (args, { now }) => new Instant({ nanoseconds: now(), zone: zoneArgument(argument(args, 0)) ?? utc })],
  ['duration', (args) => explained(() => duration(parseDuration(stringArgument(args, 0))))],
  ['date', date],
  ['timezone', (args) => explained(() => new Location(loadZone(stringArgument(args, 0))))],
]
